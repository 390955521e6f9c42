// Where a message is written: text, commands, attachments, or what stands there when nothing can be written.

import { post, send } from "./actions.js";
import { menuItem, openMenu, toast } from "./dialogs.js";
import { icon, iconButton, make, nameOf } from "./elements.js";
import { commandsFor, refetchCommands } from "./commands.js";
import { isIn, mayHide, me, messageOf, messagesOf, nameOfPerson, store } from "./store.js";
import { sizeOf } from "./text.js";

const STICKERS = ["👋", "🎉", "🌽", "🐐", "🏠", "💪"];
const FILE_BYTES_MAX = 10_000_000;
const COMMANDS_SHOWN_MAX = 8;
const TEXT_PX_MAX = 160;

/** The base64 content of a file that somebody chose. */
function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export class Composer {
  /** `chatId()` and `topic()` say where it writes to. */
  constructor({ isPrivate, chatId, topic }) {
    Object.assign(this, { isPrivate, chatId, topic });
    this.replyTo = null;
    this.editing = null;
    this.attached = null;
    this.putAway = new Set();
    this.drafts = new Map();
    this.place = null;
    this.build();
  }

  build() {
    this.input = make("textarea", {
      rows: 1, dir: "auto", "aria-label": "Message", placeholder: "Message", autocomplete: "off", maxlength: 4096,
      oninput: () => this.typed(), onkeydown: (event) => this.key(event),
    });
    this.sendButton = iconButton("send", "Send", () => this.submit(), "send");
    this.attach = iconButton("attach", "Attach", () => this.openAttach());
    this.slash = iconButton("slash", "Commands of the bot", () => this.openCommands(), "slash");
    this.extra = make("div", { class: "composer-extra" });
    this.suggestions = make("div", { class: "suggestions", role: "listbox", "aria-label": "Commands", hidden: true });
    this.photoInput = make("input", {
      type: "file", accept: "image/*", hidden: true, "aria-label": "Photo from this device", onchange: () => this.chosen("photo"),
    });
    this.fileInput = make("input", {
      type: "file", hidden: true, "aria-label": "File from this device", onchange: () => this.chosen("document"),
    });
    this.keys = make("div", { class: "reply-keys", role: "group", "aria-label": "Answers to choose from", hidden: true });
    this.line = make("div", { class: "composer-line" }, this.attach, this.input, this.slash, this.sendButton);
    this.instead = make("div", { class: "composer-instead", hidden: true });
    this.root = make("footer", { class: "composer" },
      this.suggestions, this.extra, this.line, this.keys, this.instead, this.photoInput, this.fileInput);
  }

  /** Bring it in line with the state: another chat, another person, a bot that was blocked. */
  refresh() {
    const place = `${store.view.me}:${this.chatId()}`;
    if (place !== this.place) {
      if (this.place !== null) this.drafts.set(this.place, this.input.value);
      this.place = place;
      this.input.value = this.drafts.get(place) ?? "";
      this.replyTo = null;
      this.editing = null;
      this.attached = null;
      this.typed();
    }
    const instead = this.isPrivate ? this.insteadInPrivate() : this.insteadInGroup();
    this.instead.replaceChildren(...instead);
    this.instead.hidden = instead.length === 0;
    this.line.hidden = instead.length > 0;
    this.slash.hidden = this.commands.length === 0;
    this.suggest();
    this.showKeys();
    const chat = store.chats.get(this.chatId());
    const asGroup = store.view.anonymous && !this.isPrivate && mayHide(chat, store.view.me);
    this.input.placeholder = asGroup ? "Message as the group" : "Message";
    this.showExtra();
  }

  get commands() {
    return commandsFor(this.chatId());
  }

  /** The keyboard that the bot last put under the line, until it takes it away or somebody puts it away. */
  showKeys() {
    const last = messagesOf(this.chatId()).findLast((one) => one.reply_keyboard || one.remove_keyboard);
    this.keys.hidden = !last?.reply_keyboard || this.line.hidden || this.putAway.has(`${store.view.me}:${last.message_id}`);
    if (this.keys.hidden) return;
    const rows = last.reply_keyboard.map((row) => make("div", { class: "keyboard-row" }, row.map((text) =>
      make("button", { class: "key", text, dir: "auto", onclick: () => this.sendText(text) }))));
    const away = make("button", {
      class: "inline-link", text: "Put the keyboard away",
      onclick: () => { this.putAway.add(`${store.view.me}:${last.message_id}`); this.showKeys(); },
    });
    this.keys.replaceChildren(...rows, away);
  }

  insteadInPrivate() {
    const person = me();
    if (!person) return [make("p", { text: "Add a person to begin." })];
    if (person.deleted) return [make("p", { text: "This account was deleted." })];
    if (person.blocked_bot) {
      return [make("button", {
        class: "big quiet", text: "Unblock the bot", onclick: () => post("unblock", { person: person.id }),
      })];
    }
    if (!person.started_bot) {
      return [make("button", {
        class: "big", text: "START", onclick: () => send(person.id, { text: "/start" }),
      })];
    }
    return [];
  }

  insteadInGroup() {
    const person = me();
    const chat = store.chats.get(this.chatId());
    if (!chat) return [make("p", { text: "There is no group yet: make one in the menu." })];
    if (!person || person.deleted) return [make("p", { text: "This account was deleted." })];
    if (isIn(chat, person.id)) return [];
    return [make("button", {
      class: "big quiet", onclick: () => post("join", { person: person.id, chat: chat.id }),
    }, "Join as ", nameOf(nameOfPerson(person)))];
  }

  // Writing.

  typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TEXT_PX_MAX)}px`;
    this.sendButton.classList.toggle("ready", this.input.value.trim() !== "" || this.attached !== null);
    this.suggest();
  }

  key(event) {
    if (event.isComposing) return;
    const shown = [...this.suggestions.children];
    if (shown.length && this.suggestionKey(event, shown)) return;
    if (event.key === "Escape" && (this.replyTo || this.attached || this.editing)) {
      if (this.editing) this.input.value = "";
      this.replyTo = null;
      this.editing = null;
      this.attached = null;
      this.showExtra();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  suggestionKey(event, shown) {
    const at = shown.findIndex((row) => row.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = shown.at((at + step + shown.length) % shown.length);
      shown.forEach((row) => row.setAttribute("aria-selected", String(row === next)));
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Tab" || (event.key === "Enter" && at >= 0)) {
      shown.at(Math.max(at, 0)).click();
    } else if (event.key === "Escape") this.suggestions.replaceChildren();
    else return false;
    event.preventDefault();
    this.suggestions.hidden = this.suggestions.childElementCount === 0;
    return true;
  }

  suggest() {
    const word = /^\/(\w*)$/.exec(this.input.value)?.[1];
    const found = word === undefined ? [] : this.commands
      .filter(({ command }) => command.startsWith(word.toLowerCase())).slice(0, COMMANDS_SHOWN_MAX);
    this.suggestions.replaceChildren(...found.map(({ command, description }) => make("button", {
      class: "suggestion", role: "option", "aria-selected": "false", tabindex: "-1",
      onclick: () => { this.input.value = ""; this.typed(); this.sendText(`/${command}`); },
    }, make("b", { text: `/${command}` }), make("span", { text: description, dir: "auto" }))));
    this.suggestions.hidden = found.length === 0;
  }

  async submit() {
    const text = this.input.value.trim();
    const { attached, editing } = this;
    if (!text && !attached) return;
    const reply = this.replyTo?.message_id;
    this.input.value = "";
    this.replyTo = null;
    this.editing = null;
    this.attached = null;
    this.typed();
    this.showExtra();
    if (!this.line.hidden) this.input.focus();
    const what = attached ? { ...attached.what, ...(text ? { caption: text } : {}) } : { text };
    const done = editing
      ? await post("edit", { person: store.view.me, chat: editing.chat_id, message: editing.message_id, text })
      : await this.deliver(what, reply);
    if (done) return;
    // What was refused is given back, unless something new was written meanwhile.
    if (!this.input.value) this.input.value = text;
    this.typed();
  }

  sendText(text) {
    return this.deliver({ text }, undefined);
  }

  deliver(what, replyTo) {
    const thread = this.topic();
    return send(this.chatId(), {
      ...what,
      ...(replyTo ? { reply_to: replyTo } : {}),
      ...(thread ? { thread } : {}),
    });
  }

  // What stands above the line: the message that is answered, the file that goes along.

  reply(message) {
    this.replyTo = message;
    this.showExtra();
    if (!this.line.hidden) this.input.focus();
  }

  edit(message) {
    this.replyTo = null;
    this.editing = message;
    this.input.value = message.text;
    this.typed();
    this.showExtra();
    this.input.focus();
  }

  /** Telegram's force_reply: the answer to this message is already begun. */
  forceReply(message) {
    if (!this.replyTo && !this.input.value) {
      this.replyTo = message;
      this.showExtra();
    }
  }

  showExtra() {
    if (this.replyTo && !messageOf(this.replyTo.chat_id, this.replyTo.message_id)) this.replyTo = null;
    const rows = [];
    if (this.replyTo && !this.line.hidden) {
      rows.push(this.aboutRow("reply", `Reply to ${this.replyTo.from.name}`, this.replyTo, "Do not reply"));
    }
    if (this.editing) rows.push(this.aboutRow("edit", "Edit message", this.editing, "Do not edit"));
    if (this.attached && !this.line.hidden) rows.push(this.attachedRow());
    this.extra.replaceChildren(...rows);
    this.sendButton.classList.toggle("ready", this.input.value.trim() !== "" || this.attached !== null);
  }

  aboutRow(drawing, title, { text, caption }, undo) {
    return make("div", { class: "extra-row" }, icon(drawing),
      make("div", { class: "extra-body" },
        nameOf(title, "quote-name"),
        make("span", { class: "quote-text", text: text ?? caption ?? "Message", dir: "auto" })),
      iconButton("close", undo, () => {
        if (this.editing) this.input.value = "";
        this.replyTo = null;
        this.editing = null;
        this.typed();
        this.showExtra();
        this.input.focus();
      }));
  }

  attachedRow() {
    const { file, preview } = this.attached;
    return make("div", { class: "extra-row" },
      preview ? make("img", { class: "extra-picture", src: preview, alt: "" }) : icon("file"),
      make("div", { class: "extra-body" },
        make("bdi", { class: "quote-name", text: file.name }),
        make("span", { class: "quote-text", text: `${sizeOf(file.size)} · write a caption, or just send` })),
      iconButton("close", "Remove the file", () => { this.attached = null; this.showExtra(); this.input.focus(); }));
  }

  async chosen(kind) {
    const input = kind === "photo" ? this.photoInput : this.fileInput;
    const [file] = input.files;
    if (!file) return;
    input.value = "";
    if (file.size > FILE_BYTES_MAX) {
      toast(`This file is larger than ${sizeOf(FILE_BYTES_MAX)}.`, "error");
      return;
    }
    const base64 = await base64Of(file);
    this.attached = kind === "photo"
      ? { file, what: { photo: base64 }, preview: `data:${file.type};base64,${base64}` }
      : { file, what: { document: { name: file.name, base64 } }, preview: null };
    this.showExtra();
    this.input.focus();
  }

  openAttach() {
    const now = (what) => {
      const reply = this.replyTo?.message_id;
      this.replyTo = null;
      this.showExtra();
      this.deliver(what, reply);
    };
    openMenu(this.attach, [
      menuItem([icon("photo"), "Photo from this device"], () => this.photoInput.click()),
      menuItem([icon("sparkle"), "A sample photo"], () => now({ photo: true })),
      menuItem([icon("voice"), "A sample voice note"], () => now({ voice: true })),
      menuItem([icon("file"), "File from this device"], () => this.fileInput.click()),
      make("div", { class: "emoji-row", role: "group", "aria-label": "Stickers" }, STICKERS.map((emoji) =>
        menuItem(emoji, () => now({ sticker: emoji }), { class: "emoji", "aria-label": `Sticker ${emoji}` }))),
    ], "Attach");
  }

  openCommands() {
    refetchCommands();
    openMenu(this.slash, this.commands.map(({ command, description }) => menuItem([
      make("b", { text: `/${command}` }), make("span", { class: "faint", text: description, dir: "auto" }),
    ], () => this.sendText(`/${command}`))), "Commands of the bot", "commands-menu");
  }
}
