// The bot's commands, as they are offered in a chat.

import { store } from "./store.js";

const REFETCH_MS_MIN = 5000;

let fetchedAt = -REFETCH_MS_MIN;

/** A list of {command, description}; empty if the bot named none for this kind of chat. */
export function commandsFor(chatId) {
  const chat = store.chats.get(chatId);
  const kind = chat && chat.type !== "private" ? "group" : "private";
  return store.commands.filter(({ chats }) => !chats || chats.includes(kind));
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
