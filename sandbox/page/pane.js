// One chat on the page: its head, what was said, and where one writes.

import { announce } from "./dialogs.js";
import { renderMessage } from "./bubble.js";
import { Composer } from "./composer.js";
import { commandsFor, refetchCommands } from "./commands.js";
import { avatar, icon, iconButton, make, nameOf } from "./elements.js";
import { groups, isIn, look, markRead, me, messageOf, messagesOf, nameOfPerson, now, store } from "./store.js";
import { dayOf, longDay } from "./text.js";

const SHOWN_AT_FIRST = 150;
const SHOWN_MORE = 200;
const NEAR_BOTTOM_PX = 60;
const RUN_MS_MAX = 10 * 60 * 1000;
const TYPING_MS = 5000;
const FLASH_MS = 1600;
const DAY_SHOWN_MS = 1200;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether two messages stand together as one sender's run. */
function sameRun(one, other) {
  return Boolean(one && other) && !one.service && !other.service && one.from.id === other.from.id
    && Boolean(one.from.anonymous) === Boolean(other.from.anonymous) && one.thread_id === other.thread_id
    && dayOf(one.date) === dayOf(other.date) && Math.abs(Date.parse(other.date) - Date.parse(one.date)) < RUN_MS_MAX;
}

/** What a screen reader or a pinned bar says about a message. */
function gist(message) {
  return message.service ?? message.text ?? message.caption ?? message.poll?.question
    ?? (message.photo && "Picture") ?? (message.voice && "Voice note") ?? (message.sticker?.emoji)
    ?? message.document?.file_name ?? "Message";
}

export class Pane {
  /** `root` is an empty section; `isPrivate` says which chat of the view it shows. */
  constructor(root, { isPrivate, openInfo, openGroups }) {
    Object.assign(this, { root, isPrivate, openInfo, openGroups });
    this.nodes = new Map();
    this.shown = [];
    this.limit = SHOWN_AT_FIRST;
    this.atBottom = true;
    this.fresh = 0;
    this.composer = new Composer({ isPrivate, chatId: () => this.chatId, topic: () => this.topic });
    this.build();
  }

  get chatId() {
    return this.isPrivate ? store.view.me : store.view.group;
  }

  get chat() {
    return store.chats.get(this.chatId);
  }

  get topic() {
    return this.isPrivate ? null : store.view.topic;
  }

  get visible() {
    return this.root.getClientRects().length > 0 && document.visibilityState === "visible";
  }

  build() {
    this.head = make("header", { class: "pane-head" });
    this.topics = make("nav", { class: "topics", "aria-label": "Topics", hidden: true });
    this.pinned = make("button", { class: "pinned", hidden: true });
    this.list = make("div", { class: "list" });
    this.log = make("div", { class: "log", role: "log", "aria-live": "off", tabindex: "0", "aria-label": "Messages" }, this.list);
    this.floating = make("div", { class: "day floating", "aria-hidden": "true" }, make("span"));
    this.pill = make("button", { class: "pill", hidden: true, onclick: () => this.toBottom(true) });
    this.root.append(this.head, this.topics, this.pinned,
      make("div", { class: "log-frame" }, this.log, this.floating, this.pill), this.composer.root);
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // The keyboard of a phone, a growing composer, a picture that arrives: who was at the bottom stays there.
    const settle = new ResizeObserver(() => {
      this.frameHeight = this.log.clientHeight;
      if (this.atBottom) this.toBottom(false);
    });
    settle.observe(this.log);
    settle.observe(this.list);
  }

  // Everything anew.

  render() {
    const place = `${store.view.me}:${this.chatId}:${this.topic}`;
    const moved = place !== this.place;
    this.place = place;
    if (moved) {
      this.limit = SHOWN_AT_FIRST;
      this.atBottom = true;
      this.fresh = 0;
    }
    this.renderHead();
    this.renderTopics();
    this.renderPinned();
    this.renderList();
    this.composer.refresh();
    if (moved) this.begunReply();
  }

  begunReply() {
    const last = messagesOf(this.chatId).findLast((message) => !message.service);
    if (last?.force_reply && this.concernsMe(last)) this.composer.forceReply(last);
  }

  renderHead() {
    const face = this.isPrivate ? avatar(store.bot.first_name, "bot") : avatar(this.chat?.title ?? "", "group");
    const title = this.isPrivate ? store.bot.first_name : this.chat?.title ?? "No group yet";
    const several = !this.isPrivate && groups().length > 1;
    this.root.setAttribute("aria-label", this.isPrivate ? `Private chat with ${title}` : `Group ${title}`);
    const subtitle = make("span", { class: "pane-sub", text: this.subtitle() });
    const name = make("span", { class: "pane-name" }, nameOf(title),
      this.isPrivate ? make("span", { class: "tag", text: "bot" }) : null, several ? icon("down") : null);
    const text = make("span", { class: "pane-title" }, name, subtitle);
    if (this.isPrivate || !this.chat) {
      this.head.replaceChildren(face, text);
      return;
    }
    const main = make("button", {
      class: "pane-main", title: several ? "Choose a group" : "Members of the group",
      onclick: (event) => this.chooseOrShow(event.currentTarget),
    }, face, text);
    this.head.replaceChildren(main, iconButton("people", "Members of the group", () => this.openInfo(this.chat)));
  }

  /** Several groups are there to choose from; of one, its members are shown. */
  chooseOrShow(anchor) {
    if (groups().length > 1) this.openGroups(anchor);
    else if (this.chat) this.openInfo(this.chat);
  }

  subtitle() {
    if (this.typing) return `${this.typing} is typing…`;
    if (this.isPrivate) return me() ? `private chat with ${nameOfPerson(me())}` : "";
    if (!this.chat) return "";
    const count = (this.chat.members ?? []).filter(({ id }) => id !== store.bot.id && isIn(this.chat, id)).length;
    const people = count === 1 ? "1 member" : `${count} members`;
    return isIn(this.chat, store.bot.id) ? `${people} and the bot` : `${people}, without the bot`;
  }

  renderTopics() {
    const { chat } = this;
    const named = !this.isPrivate && chat?.is_forum && chat.topics?.length ? chat.topics : [];
    this.topics.hidden = named.length === 0;
    const choice = (id, name) => make("button", {
      class: "topic", "aria-pressed": String((this.topic ?? null) === id), onclick: () => look({ topic: id }),
    }, make("bdi", { text: name }));
    this.topics.replaceChildren(...(named.length
      ? [choice(null, "All"), ...named.map((topic) => choice(topic.id, topic.name))] : []));
  }

  renderPinned() {
    const message = messageOf(this.chatId, this.chat?.pinned_message_id);
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.replaceChildren(icon("pin"), make("span", { class: "pinned-body" },
      make("b", { text: "Pinned message" }), make("span", { class: "quote-text", text: gist(message), dir: "auto" })));
    this.pinned.onclick = () => this.jump(message.message_id);
  }

  wanted() {
    const all = messagesOf(this.chatId);
    return this.topic ? all.filter((message) => (message.thread_id ?? null) === this.topic) : all;
  }

  renderList() {
    const all = this.wanted();
    const messages = all.slice(-this.limit);
    const top = this.log.scrollTop;
    this.nodes.clear();
    this.shown = [];
    const rows = [];
    if (messages.length < all.length) {
      rows.push(make("button", { class: "earlier", text: "Show earlier messages", onclick: () => this.earlier() }));
    }
    messages.forEach((message, index) => rows.push(...this.rowsFor(message, messages[index - 1], messages[index + 1])));
    if (!messages.length) rows.push(this.emptyNote());
    this.list.replaceChildren(...rows);
    if (this.atBottom) this.toBottom(false);
    else this.log.scrollTop = top;
    this.showPill();
    this.read();
  }

  emptyNote() {
    const text = this.isPrivate
      ? store.bot.description || `Nobody else sees what ${me()?.first_name ?? "you"} and ${store.bot.first_name} write here.`
      : "Nothing was said here yet. Say hello, or ask the bot for /help.";
    return make("p", { class: "empty", text, dir: "auto" });
  }

  rowsFor(message, before, after) {
    const rows = [];
    if (!before || dayOf(before.date) !== dayOf(message.date)) {
      rows.push(make("div", { class: "day" }, make("span", { text: longDay(message.date, now()) })));
    }
    const node = this.nodeFor(message, !sameRun(before, message), !sameRun(message, after));
    this.shown.push(message.message_id);
    rows.push(node);
    return rows;
  }

  nodeFor(message, first, last) {
    const topicName = !this.isPrivate && !this.topic && this.chat?.is_forum && first
      ? this.chat.topics?.find((topic) => topic.id === message.thread_id)?.name ?? null : null;
    const node = renderMessage(message, {
      chat: this.chat, isPrivate: this.isPrivate, first, last, topic: topicName,
      onReply: (answered) => this.composer.reply(answered),
      onEdit: (own) => this.composer.edit(own),
      onJump: (id) => this.jump(id),
      onCommand: (text) => this.composer.sendText(text),
    });
    this.nodes.set(message.message_id, node);
    return node;
  }

  earlier() {
    const fromEnd = this.log.scrollHeight - this.log.scrollTop;
    this.limit += SHOWN_MORE;
    this.atBottom = false;
    this.renderList();
    this.log.scrollTop = this.log.scrollHeight - fromEnd;
  }

  // One change.

  add(message) {
    if (this.topic && (message.thread_id ?? null) !== this.topic) return;
    const lastId = this.shown.at(-1);
    if (lastId === undefined || message.message_id <= lastId) {
      this.renderList();
    } else {
      const before = messageOf(this.chatId, lastId);
      if (sameRun(before, message)) this.nodes.get(lastId)?.classList.remove("last");
      const own = message.from?.id === store.view.me;
      const stay = this.atBottom || own;
      this.list.append(...this.rowsFor(message, before, null));
      this.list.lastElementChild.classList.add("arrives");
      if (stay) this.toBottom(false);
      else if (!message.service) this.fresh += 1;
      this.showPill();
    }
    if (message.reply_keyboard || message.remove_keyboard) this.composer.refresh();
    if (message.from?.id === store.bot.id && !commandsFor(this.chatId).length) {
      refetchCommands().then((found) => { if (found) this.composer.refresh(); });
    }
    if (message.force_reply && this.concernsMe(message)) this.composer.forceReply(message);
    this.say(message);
    this.read();
  }

  concernsMe(message) {
    if (this.isPrivate || !message.reply_to) return true;
    return messageOf(message.chat_id, message.reply_to.message_id)?.from?.id === store.view.me;
  }

  say(message) {
    if (!this.visible || message.from?.id === store.view.me) return;
    const buttons = message.keyboard?.flat().map((button) => button.text).join(", ");
    announce(`${message.from?.name ?? ""}: ${gist(message)}${buttons ? `. Buttons: ${buttons}` : ""}`);
  }

  change(message) {
    const old = this.nodes.get(message.message_id);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? this.focusPath(old) : null;
    const node = this.nodeFor(message, old.classList.contains("first"), old.classList.contains("last"));
    old.replaceWith(node);
    if (focused) this.refocus(node, focused);
    if (this.atBottom) this.toBottom(false);
  }

  // The button that had the focus keeps it when the message is edited, by its place among the buttons.
  focusPath(node) {
    const active = document.activeElement;
    return { press: active.dataset.press, reaction: active.dataset.reaction, index: [...node.querySelectorAll("button, a")].indexOf(active) };
  }

  refocus(node, { press, reaction, index }) {
    const buttons = [...node.querySelectorAll("button, a")];
    const same = buttons.find((button) => (press && button.dataset.press === press)
      || (reaction && button.dataset.reaction === reaction));
    (same ?? buttons[Math.min(index, buttons.length - 1)])?.focus({ preventScroll: true });
  }

  showTyping(name) {
    clearTimeout(this.typingTimer);
    this.typing = name;
    this.renderHead();
    if (name) this.typingTimer = setTimeout(() => this.showTyping(null), TYPING_MS);
  }

  // Scrolling.

  scrolled() {
    // The log itself changed its height: nobody scrolled, and the observer says where it belongs.
    if (this.log.clientHeight !== this.frameHeight) return;
    this.atBottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM_PX;
    if (this.atBottom) {
      this.fresh = 0;
      this.read();
    }
    this.showPill();
    this.showDay();
  }

  /** While somebody scrolls: the day of what is at the top, unless its own line can be seen there. */
  showDay() {
    const top = this.log.scrollTop;
    const day = [...this.list.querySelectorAll(".day")].findLast((line) => line.offsetTop <= top);
    this.floating.classList.toggle("shown", Boolean(day) && !this.atBottom);
    if (day) this.floating.firstChild.textContent = day.textContent;
    clearTimeout(this.dayTimer);
    this.dayTimer = setTimeout(() => this.floating.classList.remove("shown"), DAY_SHOWN_MS);
  }

  toBottom(smooth) {
    if (smooth && !calm.matches) {
      this.log.scrollTo({ top: this.log.scrollHeight, behavior: "smooth" });
      return;
    }
    this.atBottom = true;
    this.fresh = 0;
    this.log.scrollTop = this.log.scrollHeight;
    this.showPill();
    this.read();
  }

  showPill() {
    this.pill.hidden = this.atBottom;
    if (this.atBottom) return;
    const text = this.fresh === 1 ? "1 new message" : `${this.fresh} new messages`;
    this.pill.replaceChildren(this.fresh ? make("span", { text }) : "", icon("down"));
    this.pill.setAttribute("aria-label", this.fresh ? `${text}: go to the end` : "Go to the end");
  }

  read() {
    if (this.chatId !== null && this.atBottom && this.visible) markRead(this.chatId);
  }

  jump(messageId) {
    if (!this.nodes.has(messageId) && messageOf(this.chatId, messageId)) {
      this.limit = Infinity;
      this.atBottom = false;
      this.renderList();
    }
    const node = this.nodes.get(messageId);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: calm.matches ? "instant" : "smooth" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), FLASH_MS);
  }
}
