// What the page knows: the server's state, kept up to date by its events, and who is looking at it.

import { showTimesIn } from "./text.js";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 5000;

export const store = {
  event: 0,
  /** What time it was in the sandbox when it last said so; `now()` is what it is. */
  told: new Date().toISOString(),
  toldAt: performance.now(),
  travelling: false,
  cast: false,
  online: null,
  bot: { id: 0, first_name: "Bot", username: "" },
  commands: [],
  people: new Map(),
  chats: new Map(),
  messages: new Map(),
  view: { me: null, group: null, topic: null, tab: "group", anonymous: false },
};

function tellTime(iso) {
  store.told = iso;
  store.toldAt = performance.now();
}

/** The sandbox's time as ISO text: its clock runs on as ours does, and jumps when it says so. */
export function now() {
  const passed = store.travelling ? 0 : performance.now() - store.toldAt;
  return new Date(Date.parse(store.told) + passed).toISOString();
}

const listeners = new Set();

/** Call `listener(change)` after each change; `change.kind` is the event's kind, or "state", "view", "online". */
export function onChange(listener) {
  listeners.add(listener);
}

export function tell(change) {
  for (const listener of listeners) {
    try {
      listener(change);
    } catch (error) {
      // One part that fails must not keep the others from hearing of the change.
      console.error(error);
    }
  }
}

/** The person whose eyes we look through. */
export const me = () => store.people.get(store.view.me);

/** Groups that are alive, in the order in which they were made. */
export function groups() {
  return [...store.chats.values()].filter((chat) => chat.type !== "private" && !chat.migrated_to && !chat.deleted);
}

/** The messages of a chat, oldest first. */
export function messagesOf(chatId) {
  return [...(store.messages.get(chatId)?.values() ?? [])].sort((one, other) => one.message_id - other.message_id);
}

export const messageOf = (chatId, messageId) => store.messages.get(chatId)?.get(messageId);

/** A person's status in a group: "creator", "administrator", "member", "restricted", "left", "kicked" or null. */
export function statusIn(chat, personId) {
  return chat?.members?.find((member) => member.id === personId)?.status ?? null;
}

export function isIn(chat, personId) {
  const status = statusIn(chat, personId);
  return status !== null && status !== "left" && status !== "kicked";
}

export function isAdmin(chat, personId) {
  return ["creator", "administrator"].includes(statusIn(chat, personId));
}

/** Whether somebody may write in a group's name: an admin, of a supergroup. */
export function mayHide(chat, personId) {
  return chat?.type === "supergroup" && isAdmin(chat, personId);
}

export function nameOfPerson(person) {
  if (!person) return "Somebody";
  if (person.deleted) return "Deleted account";
  return [person.first_name, person.last_name].filter(Boolean).join(" ");
}

/** The colour of whoever wrote: 0–7, or "bot". */
export function colourOf(id) {
  if (id === store.bot.id) return "bot";
  return store.people.get(id)?.colour ?? Math.abs(id) % 8;
}

// Who is looking, and at what: in the address, so that two windows can be two people; remembered for the next visit.

function remember() {
  const { me: person, group } = store.view;
  const wanted = new URLSearchParams();
  if (person !== null) wanted.set("person", person);
  if (group !== null) wanted.set("group", group);
  history.replaceState(null, "", `#${wanted}`);
  try {
    localStorage.setItem("sandbox.person", String(person));
  } catch {
    // A browser that keeps nothing still has the address.
  }
}

function remembered() {
  const fromAddress = Number(new URLSearchParams(location.hash.slice(1)).get("person"));
  if (store.people.has(fromAddress)) return fromAddress;
  try {
    const kept = Number(localStorage.getItem("sandbox.person"));
    if (store.people.has(kept)) return kept;
  } catch {
    // Nothing was kept.
  }
  return null;
}

export function look(change) {
  Object.assign(store.view, change);
  remember();
  tell({ kind: "view", ...change });
}

function settleView() {
  const { view } = store;
  if (!store.people.has(view.me)) {
    view.me = remembered() ?? [...store.people.values()].find((person) => !person.deleted)?.id ?? null;
  }
  const chosen = Number(new URLSearchParams(location.hash.slice(1)).get("group"));
  const all = groups();
  if (!all.some((chat) => chat.id === view.group)) {
    const successor = store.chats.get(view.group)?.migrated_to;
    const next = all.find((chat) => chat.id === chosen) ?? all[0];
    // The event of a supergroup follows the event of the group that it was.
    view.group = successor ?? next?.id ?? null;
    view.topic = null;
  }
  remember();
}

// Messages that nobody has looked at yet, per chat; a private chat counts whoever it belongs to.

const readUpTo = new Map();

export function unread(chatId) {
  const read = readUpTo.get(chatId) ?? 0;
  // A private chat's id is its person's: what they wrote themselves is no news to them.
  const reader = store.people.has(chatId) ? chatId : store.view.me;
  let count = 0;
  for (const message of store.messages.get(chatId)?.values() ?? []) {
    if (message.message_id > read && message.from?.id !== reader && !message.service) count += 1;
  }
  return count;
}

export function markRead(chatId) {
  const last = Math.max(0, ...(store.messages.get(chatId)?.keys() ?? []));
  if ((readUpTo.get(chatId) ?? 0) === last) return;
  readUpTo.set(chatId, last);
  tell({ kind: "read", chat: chatId });
}

// The server's state and its events.

function put(message) {
  if (!store.messages.has(message.chat_id)) store.messages.set(message.chat_id, new Map());
  store.messages.get(message.chat_id).set(message.message_id, message);
}

function settlePin(message) {
  const chat = store.chats.get(message.chat_id);
  if (!chat) return;
  if (message.pinned) chat.pinned_message_id = message.message_id;
  else if (chat.pinned_message_id === message.message_id) {
    chat.pinned_message_id = messagesOf(message.chat_id).findLast((other) => other.pinned)?.message_id ?? null;
  }
}

const APPLY = {
  message: ({ message }) => put(message),
  edit: ({ message }) => put(message),
  reaction: ({ message }) => put(message),
  poll: ({ message }) => put(message),
  pin: ({ message }) => { put(message); settlePin(message); },
  delete: ({ chat_id: chat, message_id: message }) => store.messages.get(chat)?.delete(message),
  person: ({ person }) => { store.people.set(person.id, person); settleView(); },
  chat: ({ chat }) => { store.chats.set(chat.id, chat); settleView(); },
  time: ({ now: told, travelling }) => { tellTime(told); store.travelling = Boolean(travelling); },
  cast: ({ on }) => { store.cast = Boolean(on); },
};

function apply(event) {
  if (event.n <= store.event) return;
  store.event = event.n;
  APPLY[event.kind]?.(event);
  if (event.kind === "message" && Date.parse(event.message.date) > Date.parse(now())) tellTime(event.message.date);
  tell(event);
}

function adopt(state) {
  const first = store.online === null;
  store.event = state.event;
  tellTime(state.now);
  store.travelling = Boolean(state.travelling);
  store.cast = Boolean(state.cast);
  store.bot = state.bot;
  store.commands = state.commands ?? [];
  store.people = new Map(state.people.map((person) => [person.id, person]));
  store.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
  store.messages = new Map();
  state.messages.forEach(put);
  if (state.tz ?? state.time_zone) showTimesIn(state.tz ?? state.time_zone);
  for (const [chatId, messages] of store.messages) {
    const last = Math.max(0, ...messages.keys());
    // What was there before the page opened is not news; nor is anything left to read after a restart of the server.
    if (first || (readUpTo.get(chatId) ?? 0) > last) readUpTo.set(chatId, last);
  }
  settleView();
}

function listen(after, onLost) {
  const source = new EventSource(`/sandbox/events?after=${after}`);
  source.onmessage = ({ data }) => apply(JSON.parse(data));
  source.onerror = () => {
    // The browser would come back with the old number: we come back with the new state instead.
    source.close();
    onLost();
  };
}

/** Fetch the state, then follow the events; for ever, however often the server goes away. */
export async function follow() {
  let wait = RETRY_MS_MIN;
  for (;;) {
    try {
      const answer = await fetch("/sandbox/state", { cache: "no-store" });
      if (!answer.ok) throw new Error(`state: ${answer.status}`);
      adopt(await answer.json());
      store.online = true;
      tell({ kind: "state" });
      tell({ kind: "online" });
      wait = RETRY_MS_MIN;
      await new Promise((lost) => { listen(store.event, lost); });
    } catch (error) {
      console.warn("The sandbox cannot be reached", error);
    }
    store.online = false;
    tell({ kind: "online" });
    await new Promise((done) => { setTimeout(done, wait); });
    wait = Math.min(wait * 2, RETRY_MS_MAX);
  }
}

addEventListener("hashchange", () => {
  const wanted = remembered();
  if (wanted !== null && wanted !== store.view.me) look({ me: wanted });
});
