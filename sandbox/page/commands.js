// The bot's commands, as one person sees them in one chat.

import { isAdmin, store } from "./store.js";

const REFETCH_MS_MIN = 5000;

let fetchedAt = 0;

/** The scopes that count, the narrowest first, as Telegram looks them up. */
function scopesFor(chat, chatId, personId) {
  if (!chat || chat.type === "private") return [["chat", chatId], ["all_private_chats"], ["default"]];
  const admin = isAdmin(chat, personId);
  return [
    ["chat_member", chatId, personId],
    ...(admin ? [["chat_administrators", chatId]] : []),
    ["chat", chatId],
    ...(admin ? [["all_chat_administrators"]] : []),
    ["all_group_chats"],
    ["default"],
  ];
}

function matches(scope, [type, chatId, personId]) {
  return scope.type === type && (chatId === undefined || Number(scope.chat_id) === chatId)
    && (personId === undefined || Number(scope.user_id) === personId);
}

/** A list of {command, description}; empty if the bot named none. */
export function commandsFor(chatId, personId) {
  const language = store.people.get(personId)?.language_code ?? "";
  for (const wanted of scopesFor(store.chats.get(chatId), chatId, personId)) {
    const found = store.commands.filter((entry) => matches(entry.scope, wanted) && entry.commands.length);
    const best = found.find((entry) => entry.language_code && entry.language_code === language)
      ?? found.find((entry) => !entry.language_code);
    if (best) return best.commands;
  }
  return [];
}

/** Commands come without an event: ask again, not too often. Returns whether there was an answer. */
export async function refetchCommands() {
  if (performance.now() - fetchedAt < REFETCH_MS_MIN) return false;
  fetchedAt = performance.now();
  try {
    const state = await (await fetch("/sandbox/state", { cache: "no-store" })).json();
    store.commands = state.commands ?? [];
    return true;
  } catch {
    return false;
  }
}
