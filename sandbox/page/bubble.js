// One message, as the chosen person sees it.

import { copyText, followLink, isPressed, press, pressKey, react } from "./actions.js";
import { openMenu, openPicture, menuItem } from "./dialogs.js";
import { avatar, icon, make, nameOf } from "./elements.js";
import { renderPoll } from "./poll.js";
import { colourOf, isAdmin, nameOfPerson, store } from "./store.js";
import { clockTime, lengthOf, loneEmoji, plainText, richText, shortDay, sizeOf } from "./text.js";

const EMOJI = ["👍", "❤️", "🙏", "🎉", "😢"];
const WAVE_BARS = 32;
const PICTURE_PX_MAX = 340;

/**
 * Make a message's element.
 *
 * `around` says where it stands: `chat`, `isPrivate`, `first` and `last` of a run by one sender, `topic` (a name to show
 * or null), and what can be done from it: `onReply(message)`, `onEdit(message)`, `onJump(messageId)`, `onCommand(text)`.
 */
export function renderMessage(message, around) {
  if (message.service) return renderService(message);
  const own = message.from.id === store.view.me && !message.from.anonymous;
  const item = make("article", {
    class: `message ${own ? "own" : "other"}`,
    data: { id: message.message_id },
    "aria-label": `${own ? "You" : message.from.name}, ${clockTime(message.date)}`,
  });
  item.classList.toggle("first", around.first);
  item.classList.toggle("last", around.last);
  if (!around.isPrivate && !own) {
    item.append(avatar(message.from.name, message.from.anonymous ? "group" : colourOf(message.from.id)));
  }
  const bubble = make("div", { class: "bubble" }, renderParts(message, around, own));
  bubble.classList.toggle("with-picture", Boolean(message.photo));
  bubble.classList.toggle("bare", isBare(message));
  const more = moreButton(message, around, own);
  bubble.addEventListener("click", (event) => tapped(event, more));
  item.append(make("div", { class: "stack" },
    make("div", { class: "bubble-row" }, bubble, more),
    message.keyboard?.length ? renderKeyboard(message) : null));
  return item;
}

/** On a touch screen the whole bubble opens its menu; what can be tapped in it does its own thing. */
function tapped(event, more) {
  if (!matchMedia("(hover: none)").matches || !getSelection().isCollapsed) return;
  if (!event.target.closest("button, a, [role=button]")) more.click();
}

function isBare(message) {
  if (message.sticker) return true;
  return !message.reply_to && !message.keyboard && loneEmoji(message.text ?? "") > 0;
}

function renderService(message) {
  return make("div", { class: "service", data: { id: message.message_id } },
    make("span", { text: message.service, dir: "auto" }));
}

function renderParts(message, around, own) {
  const parts = [];
  if (!own && around.first && !around.isPrivate && !isBare(message)) parts.push(renderSender(message, around));
  if (message.forwarded_from) {
    parts.push(make("div", { class: "forwarded" }, "Forwarded from ", nameOf(message.forwarded_from)));
  }
  if (around.topic) parts.push(make("div", { class: "topic-label" }, icon("topic"), make("bdi", { text: around.topic })));
  if (message.reply_to) parts.push(renderQuote(message.reply_to, around));
  if (message.photo) parts.push(renderPhoto(message));
  if (message.voice) parts.push(renderVoice(message.voice));
  if (message.document) parts.push(renderDocument(message.document));
  if (message.contact) parts.push(renderContact(message.contact));
  if (message.location) parts.push(renderLocation(message.location));
  if (message.sticker) parts.push(make("div", { class: "sticker", text: message.sticker.emoji }));
  if (message.poll) parts.push(renderPoll(message));
  const text = renderText(message, around);
  const meta = renderMeta(message);
  if (text) parts.push(text);
  if (message.reactions?.length) {
    parts.push(make("div", { class: "bubble-foot" }, renderReactions(message, around.chat), meta));
  } else if (text && !text.classList.contains("lone")) text.append(meta);
  else parts.push(make("div", { class: "bubble-foot" }, meta));
  return parts;
}

function renderSender(message, around) {
  const { from } = message;
  const tag = from.is_bot && !from.anonymous ? "bot" : senderRole(message, around);
  return make("div", { class: `sender colour-${from.anonymous ? "group" : colourOf(from.id)}` },
    nameOf(from.name), tag ? make("span", { class: "tag", text: tag }) : null);
}

function senderRole(message, { chat }) {
  if (message.from.anonymous) return "anonymous admin";
  return isAdmin(chat, message.from.id) ? "admin" : "";
}

function renderQuote(reply, { onJump }) {
  return make("button", { class: "quote", onclick: () => onJump(reply.message_id) },
    nameOf(reply.name, "quote-name"),
    make("span", { class: "quote-text", text: reply.text || "Message", dir: "auto" }));
}

function renderText(message, { onCommand }) {
  const html = message.html ?? message.caption_html;
  const text = message.text ?? message.caption;
  if (!html && !text) return null;
  const large = !html || html === text ? loneEmoji(text ?? "") : 0;
  const taps = { onLink: followLink, onCommand };
  return make("div", { class: large && !message.reply_to && !message.keyboard ? `text lone lone-${large}` : "text", dir: "auto" },
    html ? richText(html, taps) : plainText(text, taps));
}

function renderMeta(message) {
  return make("span", { class: "meta" },
    message.pinned ? icon("pin") : null,
    message.edit_date ? make("span", { text: "edited" }) : null,
    make("time", { datetime: message.date, text: clockTime(message.date), title: `${shortDay(message.date)}, ${clockTime(message.date)}` }));
}

function renderPhoto(message) {
  const { photo } = message;
  const description = message.caption ? `Picture: ${message.caption}` : `Picture from ${message.from.name}`;
  const image = make("img", { src: photo.url, alt: description, width: photo.width, height: photo.height, decoding: "async" });
  const open = make("button", {
    class: "photo", "aria-label": `${description}. Enlarge`, onclick: () => openPicture(photo.url, description),
  }, image);
  const narrowest = Math.min(photo.width || PICTURE_PX_MAX, PICTURE_PX_MAX);
  // A tall picture is made narrow rather than as high as the window.
  const ratio = photo.width && photo.height ? photo.width / photo.height : 1;
  open.style.width = `${Math.max(120, Math.min(Math.max(narrowest, 200), Math.round(380 * ratio)))}px`;
  return open;
}

function renderVoice({ url, duration }) {
  const bars = Array.from({ length: WAVE_BARS }, (_, index) => {
    const bar = make("span");
    // The same shape every time: a wave that looks like speech.
    bar.style.height = `${20 + Math.abs(Math.sin(index * 1.7) * 45 + Math.sin(index * 0.6) * 35)}%`;
    return bar;
  });
  const wave = make("span", { class: "wave", "aria-hidden": "true" }, bars);
  const time = make("span", { class: "voice-time", text: lengthOf(duration) });
  const button = make("button", { class: "round play", "aria-label": `Play the voice note, ${lengthOf(duration)}` }, icon("play"));
  button.addEventListener("click", () => playVoice({ url, duration, button, bars, time }));
  return make("div", { class: "voice" }, button, make("div", { class: "voice-body" }, wave, time));
}

let playing = null;

/** Play the sound; where the browser cannot (a sample may hold none), the bar runs all the same. */
function playVoice({ url, duration, button, bars, time }) {
  const again = playing?.button === button;
  playing?.stop();
  if (again) return;
  const seconds = Math.max(1, duration || 1);
  const started = performance.now();
  const sound = new Audio(url);
  sound.play().catch(() => undefined);
  const show = (part) => bars.forEach((bar, index) => bar.classList.toggle("played", index < part * bars.length));
  const timer = setInterval(() => {
    const passed = (performance.now() - started) / 1000;
    if (passed >= seconds || !button.isConnected) playing?.stop();
    else {
      show(passed / seconds);
      time.textContent = lengthOf(seconds - passed);
    }
  }, 100);
  button.replaceChildren(icon("pause"));
  playing = {
    button,
    stop() {
      clearInterval(timer);
      sound.pause();
      sound.removeAttribute("src");
      button.replaceChildren(icon("play"));
      time.textContent = lengthOf(duration);
      show(0);
      playing = null;
    },
  };
}

function renderDocument({ url, file_name: name, size }) {
  return make("a", { class: "document", href: url, download: name || "file" },
    make("span", { class: "document-icon", "aria-hidden": "true" }, icon("file")),
    make("span", { class: "document-body" },
      make("bdi", { class: "document-name", text: name || "File" }),
      make("span", { class: "document-size", text: `${sizeOf(size)} · Download` })));
}

function renderContact({ first_name: first, last_name: last, phone_number: number }) {
  const name = [first, last].filter(Boolean).join(" ");
  return make("div", { class: "document" }, avatar(name, 4),
    make("span", { class: "document-body" },
      make("bdi", { class: "document-name", text: name }), make("span", { class: "document-size", text: number })));
}

function renderLocation({ latitude, longitude }) {
  return make("div", { class: "document" },
    make("span", { class: "document-icon", "aria-hidden": "true" }, icon("place")),
    make("span", { class: "document-body" }, make("span", { class: "document-name", text: "Location" }),
      make("span", { class: "document-size", text: `${latitude}, ${longitude}` })));
}

// Buttons under a message.

function renderKeyboard(message) {
  const rows = message.keyboard.map((row, rowIndex) => make("div", { class: "keyboard-row" },
    row.map((button, column) => renderButton(message, button, rowIndex, column))));
  const widest = Math.max(...message.keyboard.map((row) => row.length));
  return make("div", { class: `keyboard ${widest > 4 ? "dense" : ""}`, role: "group", "aria-label": "Buttons under the message" }, rows);
}

const STYLES = new Set(["primary", "success", "danger"]);
const KIND_ICON = { url: "out", copy: "copy" };

function renderButton(message, button, row, column) {
  const key = pressKey(message, row, column);
  const mark = KIND_ICON[button.kind];
  return make("button", {
    class: `key ${button.kind ?? "callback"} ${STYLES.has(button.style) ? button.style : ""}`,
    title: button.kind === "url" ? button.url : button.text,
    data: { press: key },
    "aria-busy": isPressed(key) ? "true" : null,
    onclick: () => press(message, row, column),
  }, make("span", { class: "key-text", text: button.text, dir: "auto" }), mark ? icon(mark) : null);
}

// Reactions.

function reactionNames(people) {
  return people.map((id) => (id === store.bot.id ? store.bot.first_name : nameOfPerson(store.people.get(id)))).join(", ");
}

function renderReactions(message, chat) {
  const chips = message.reactions.map(({ emoji, people }) => {
    const mine = people.includes(store.view.me);
    const names = chat?.type === "private" && people.length === 1 ? "" : reactionNames(people);
    return make("button", {
      class: "chip", "aria-pressed": String(mine), title: names, data: { reaction: emoji },
      "aria-label": `${emoji} ${people.length}${mine ? ", with yours: take it back" : ": add yours"}`,
      onclick: () => react(message, emoji),
    }, make("span", { class: "chip-emoji", text: emoji }), make("span", { class: "chip-count", text: people.length }));
  });
  const add = make("button", { class: "chip add", "aria-label": "React with another emoji", text: "+" });
  add.addEventListener("click", () => openMenu(add, emojiRow(message), "React", "emoji-menu"));
  return make("div", { class: "reactions" }, chips, add);
}

function emojiRow(message) {
  return make("div", { class: "emoji-row" }, EMOJI.map((emoji) => {
    const mine = message.reactions?.some((one) => one.emoji === emoji && one.people.includes(store.view.me));
    return menuItem(emoji, () => react(message, emoji), {
      "aria-label": `React with ${emoji}`, "aria-pressed": String(Boolean(mine)), class: "emoji",
    });
  }));
}

function moreButton(message, around, own) {
  const more = make("button", { class: "round more", "aria-label": "Reply or react", title: "Reply or react" }, icon("more"));
  more.addEventListener("click", () => openMenu(more, [
    emojiRow(message),
    menuItem([icon("reply"), "Reply"], () => around.onReply(message)),
    message.text || message.caption
      ? menuItem([icon("copy"), "Copy text"], () => copyText(message.text ?? message.caption)) : null,
    own && message.text ? menuItem([icon("edit"), "Edit"], () => around.onEdit(message)) : null,
  ].filter(Boolean), "Reply or react", "message-menu"));
  return more;
}
