// What the chosen person does: every request to the sandbox is made here.

import { alertBox, toast } from "./dialogs.js";
import { look, mayHide, me, messageOf, store } from "./store.js";

const PAIRED_MS = 10_000;
const MIN_STATUS_ERROR = 400;

/** POST to the control API. Returns the answer, or null after having shown what went wrong. */
export async function post(path, body) {
  try {
    const answer = await fetch(`/sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.status >= MIN_STATUS_ERROR) {
      toast(said.error ?? `The sandbox refused (${answer.status}).`, "error");
      return null;
    }
    return said;
  } catch {
    toast("The sandbox cannot be reached. Is it still running?", "error");
    return null;
  }
}

/** Send something as the chosen person; `what` is text, photo, voice, document or sticker, with its extras. */
export function send(chatId, what) {
  const chat = store.chats.get(chatId);
  const asGroup = store.view.anonymous && mayHide(chat, store.view.me) ? { anonymous: true } : {};
  return post("send", { person: store.view.me, chat: chatId, ...asGroup, ...what });
}

export function react(message, emoji) {
  const mine = message.reactions?.find((reaction) => reaction.emoji === emoji)?.people.includes(store.view.me);
  return post("react", {
    person: store.view.me, chat: message.chat_id, message: message.message_id, emoji: mine ? null : emoji,
  });
}

export function vote(message, options) {
  return post("vote", { person: store.view.me, chat: message.chat_id, message: message.message_id, options });
}

// A press of an inline button.

const pressed = new Set();

export const pressKey = (message, row, column) => [store.view.me, message.chat_id, message.message_id, row, column].join(":");
export const isPressed = (key) => pressed.has(key);

function showProgress(key) {
  for (const button of document.querySelectorAll(`[data-press="${key}"]`)) {
    button.setAttribute("aria-busy", String(pressed.has(key)));
  }
}

/** Press a button under a message: a callback waits for its answer, a url opens, a text is copied. */
export async function press(message, row, column) {
  const button = message.keyboard[row][column];
  if (button.kind === "url") return openUrl(button.url);
  if (button.kind === "copy") return copyText(button.copy_text ?? "");
  const key = pressKey(message, row, column);
  if (pressed.has(key)) return null;
  const person = store.view.me;
  pressed.add(key);
  showProgress(key);
  const answer = await post("press", {
    person, chat: message.chat_id, message: message.message_id, row, column,
  });
  pressed.delete(key);
  showProgress(key);
  if (answer) showAnswer(person, answer);
  return answer;
}

function showAnswer(person, answer) {
  if (answer.answered === false) toast(`${store.bot.first_name} did not answer this tap.`, "error");
  else if (answer.text) showToast({ person, ...answer }, "press");
  // Only the window that pressed follows the url: the event reaches every window of this person.
  if (answer.url) openUrl(answer.url);
}

// A toast arrives twice, as the answer to the press and as an event, in either order: it is shown once.

const halves = new Map();

export function showToast({ person, text, alert }, source) {
  if (person !== store.view.me || !text) return;
  const key = `${person}|${Boolean(alert)}|${text}`;
  const waiting = (halves.get(key) ?? []).filter((half) => Date.now() - half.at < PAIRED_MS);
  const other = waiting.findIndex((half) => half.source !== source);
  if (other >= 0) waiting.splice(other, 1);
  else waiting.push({ source, at: Date.now() });
  halves.set(key, waiting);
  if (other >= 0) return;
  if (alert) alertBox(store.bot.first_name, text);
  else toast(text);
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast(`Could not copy. The text is: ${text}`);
  }
}

// Links.

const CHAT_LINK = /^\/c\/(\d+)(?:\/\d+)?\/(\d+)$/;
const SUPERGROUP = "-100";

/** Follow a link that Telegram itself would handle; returns false if it is an ordinary one. */
export function followLink(url) {
  let parsed;
  try {
    parsed = new URL(url, "https://t.me/");
  } catch {
    return false;
  }
  const host = parsed.hostname.replace(/^www\./, "");
  const telegram = parsed.protocol === "tg:" || host === "t.me" || host === "telegram.me";
  if (!telegram) return false;
  const bot = parsed.protocol === "tg:" ? parsed.searchParams.get("domain") : parsed.pathname.slice(1);
  if (bot?.toLowerCase() === store.bot.username?.toLowerCase()) {
    startPrivately(parsed.searchParams.get("start"));
    return true;
  }
  const place = CHAT_LINK.exec(parsed.pathname);
  if (place && messageOf(Number(SUPERGROUP + place[1]), Number(place[2]))) {
    look({ group: Number(SUPERGROUP + place[1]), topic: null, tab: "group" });
    document.dispatchEvent(new CustomEvent("jump", { detail: { chat: store.view.group, message: Number(place[2]) } }));
    return true;
  }
  toast("This link leads to the real Telegram, which the sandbox does not reach.");
  return true;
}

export function openUrl(url) {
  if (followLink(url)) return;
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
  else toast(`A link that a browser does not open: ${url}`);
}

/** Open the private chat and, with a payload, send what a deep link sends. */
export async function startPrivately(payload) {
  const person = store.view.me;
  look({ tab: "private" });
  if (payload !== null && payload !== undefined) {
    await post("send", { person, chat: person, text: payload ? `/start ${payload}` : "/start" });
  } else if (!me()?.started_bot) {
    await post("send", { person, chat: person, text: "/start" });
  }
}

// Groups and people.

/** Somebody who may add and remove the bot: the chosen person if they may, else an administrator. */
export function adminOf(chat) {
  const admins = (chat.members ?? []).filter((member) => ["creator", "administrator"].includes(member.status));
  const people = admins.filter((member) => store.people.has(member.id));
  return people.find((member) => member.id === store.view.me)?.id ?? people[0]?.id ?? store.view.me;
}

export async function travel(to) {
  return post("time", { to, tz: Intl.DateTimeFormat().resolvedOptions().timeZone });
}

