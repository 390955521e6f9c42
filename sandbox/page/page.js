// Starts the page and passes each change on to the parts that show it.

import { showToast } from "./actions.js";
import { openGroupChoice, startBar } from "./bar.js";
import { openGroups } from "./people.js";
import { icon, make, nameOf } from "./elements.js";
import { follow, look, me, nameOfPerson, onChange, store, unread } from "./store.js";
import { Pane } from "./pane.js";

const byId = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 900px)");
const tabs = { group: byId("tab-group"), private: byId("tab-private") };

const panes = {
  group: new Pane(byId("pane-group"), {
    isPrivate: false, openInfo: (chat) => openGroups(chat), openGroups: openGroupChoice,
  }),
  private: new Pane(byId("pane-private"), { isPrivate: true, openInfo: openGroups, openGroups: openGroupChoice }),
};
const everyPane = Object.values(panes);

function renderTabs() {
  document.body.dataset.tab = store.view.tab;
  const titles = { group: store.chats.get(store.view.group)?.title ?? "Group", private: store.bot.first_name };
  for (const [name, tab] of Object.entries(tabs)) {
    const news = panes[name].chatId === null ? 0 : unread(panes[name].chatId);
    tab.replaceChildren(nameOf(titles[name], "tab-name"),
      name === "group" && store.view.tab === "group" ? icon("down") : "",
      news ? make("span", { class: "badge", text: news, "aria-label": `${news} new` }) : "");
    tab.setAttribute("aria-selected", String(store.view.tab === name));
    tab.tabIndex = store.view.tab === name ? 0 : -1;
    if (wide.matches) panes[name].root.removeAttribute("role");
    else panes[name].root.setAttribute("role", "tabpanel");
  }
}

function renderAll() {
  renderTabs();
  for (const pane of everyPane) pane.render();
  document.title = me() ? `${me().first_name} · ${store.bot.first_name}` : "Local Telegram";
}

function renderOnline() {
  byId("offline").hidden = store.online !== false;
}

/** Names, pins and membership show in heads and composers; what was said stays as it is. */
function renderAround(pane) {
  pane.renderHead();
  pane.renderTopics();
  pane.renderPinned();
  pane.composer.refresh();
}

function paneOf(chatId) {
  return everyPane.find((pane) => pane.chatId === chatId);
}

function changeMessage({ kind, message }) {
  const pane = paneOf(message.chat_id);
  if (!pane) return;
  pane.change(message);
  if (kind === "pin" || message.message_id === pane.chat?.pinned_message_id) pane.renderPinned();
}

function changeChat({ chat }) {
  const pane = paneOf(chat.id);
  // A group that became a supergroup, or the first group of all, is another chat to show.
  if (!pane || pane.place !== `${store.view.me}:${pane.chatId}:${pane.topic}`) renderAll();
  else renderAround(pane);
}

function showTyping({ chat_id: chat, person, name }) {
  if (person !== undefined && person === store.view.me) return;
  const who = name ?? (store.people.has(person) ? nameOfPerson(store.people.get(person)) : store.bot.first_name);
  paneOf(chat)?.showTyping(who);
}

function newMessage({ message }) {
  const pane = paneOf(message.chat_id);
  if (pane?.typing && message.from?.is_bot) pane.showTyping(null);
  pane?.add(message);
}

const SHOW = {
  state: renderAll,
  view: renderAll,
  online: renderOnline,
  message: newMessage,
  edit: changeMessage,
  reaction: changeMessage,
  poll: changeMessage,
  pin: changeMessage,
  delete: ({ chat_id: chat }) => { const pane = paneOf(chat); pane?.renderList(); pane?.renderPinned(); pane?.composer.showExtra(); },
  person: () => everyPane.forEach(renderAround),
  chat: changeChat,
  toast: (event) => showToast(event, "event"),
  typing: showTyping,
};

onChange((change) => {
  SHOW[change.kind]?.(change);
  if (["message", "read", "delete", "chat"].includes(change.kind)) renderTabs();
});

for (const [name, tab] of Object.entries(tabs)) {
  tab.addEventListener("click", () => {
    // On a phone the tab is the head of the chat too: tapped again, it does what the head does.
    if (store.view.tab === name && name === "group") panes.group.chooseOrShow(tab);
    else if (store.view.tab !== name) look({ tab: name });
  });
  tab.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = name === "group" ? "private" : "group";
    look({ tab: other });
    tabs[other].focus();
  });
}

document.addEventListener("jump", ({ detail }) => paneOf(detail.chat)?.jump(detail.message));
document.addEventListener("visibilitychange", () => everyPane.forEach((pane) => pane.read()));
wide.addEventListener("change", () => { if (store.online !== null) renderAll(); });

startBar();
follow();
