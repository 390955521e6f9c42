// Formatted text, sizes, dates and times.

import { make } from "./elements.js";

const KEPT = new Set([
  "B", "STRONG", "I", "EM", "U", "INS", "S", "STRIKE", "DEL", "CODE", "PRE", "BLOCKQUOTE", "BR",
]);
const OUTSIDE_URL = /^(https?:|mailto:|tel:)/i;
const LINKS = /(https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]'’”])|((?<![\p{L}\p{N}_/.:])\/[a-z][a-z0-9_]{0,31}(?:@\w{3,32})?(?![\w/]))|((?<![\w@/])@[a-z]\w{3,31})/giu;

/**
 * Turn the server's `html` into nodes.
 *
 * It is parsed in an inert template and copied tag by tag: only Telegram's own tags come through, without attributes.
 * `onLink(url)` returns true if it dealt with the url; `onCommand(text)` sends a command that was tapped.
 */
export function richText(html, { onLink, onCommand }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const result = document.createDocumentFragment();
  copy(template.content, result, { onLink, onCommand }, true);
  return result;
}

/** Turn plain text into nodes, with links and commands that can be tapped. */
export function plainText(text, taps) {
  const result = document.createDocumentFragment();
  linked(text, result, taps);
  return result;
}

function copy(source, target, taps, mayLink) {
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (mayLink) linked(node.data, target, taps);
      else target.append(node.data);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      target.append(copied(node, taps, mayLink));
    }
  }
}

function copied(node, taps, mayLink) {
  const url = node.tagName === "A" ? node.getAttribute("href") ?? "" : "";
  if (OUTSIDE_URL.test(url)) {
    const anchor = link(url, "", taps);
    copy(node, anchor, taps, false);
    return anchor;
  }
  if (node.classList.contains("spoiler")) return spoiler(node, taps);
  if (KEPT.has(node.tagName)) {
    const same = make(node.tagName.toLowerCase());
    if (node.hasAttribute("expandable")) same.className = "expandable";
    copy(node, same, taps, mayLink && node.tagName !== "CODE" && node.tagName !== "PRE");
    return same;
  }
  const span = make("span", { class: url.startsWith("tg://user") ? "mention" : null });
  copy(node, span, taps, mayLink && !url);
  return span;
}

function link(url, text, { onLink }) {
  return make("a", {
    href: url, text, target: "_blank", rel: "noopener noreferrer",
    onclick: (event) => { if (onLink(url)) event.preventDefault(); },
  });
}

function spoiler(node, taps) {
  const cover = make("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text: show it" });
  const show = () => {
    cover.classList.add("shown");
    cover.removeAttribute("role");
    cover.removeAttribute("aria-label");
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") show(); });
  copy(node, cover, taps, false);
  return cover;
}

function linked(text, target, taps) {
  let from = 0;
  for (const match of text.matchAll(LINKS)) {
    const [whole, url, command] = match;
    target.append(text.slice(from, match.index));
    if (url) target.append(link(whole, whole, taps));
    else if (command) {
      target.append(make("button", { class: "inline-link", text: whole, onclick: () => taps.onCommand(whole) }));
    } else target.append(make("span", { class: "mention", text: whole }));
    from = match.index + whole.length;
  }
  target.append(text.slice(from));
}

/** The one emoji, two or three that make up a whole message are shown large; returns how many, else 0. */
export function loneEmoji(text) {
  const bare = text.replace(/\s/gu, "");
  if (!/^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f]+$/u.test(bare)) return 0;
  const count = window.Intl?.Segmenter ? [...new Intl.Segmenter().segment(bare)].length : 1;
  return count <= 3 ? count : 0;
}

/** 812 → "812 B", 20480 → "20 KB". */
export function sizeOf(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Seconds as m:ss. */
export function lengthOf(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const formats = new Map();

/** The zone in which times are shown, as an IANA name; one that the browser does not know is passed over. */
export function showTimesIn(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
    formats.clear();
  } catch {
    // The browser's own zone stays.
  }
}

export function shownZone() {
  return zone;
}

function format(iso, key, options) {
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  const date = new Date(iso);
  return Number.isNaN(date.valueOf()) ? "" : formats.get(key).format(date);
}

/** 09:05 */
export const clockTime = (iso) => format(iso, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/** Mon 2 Mar */
export const shortDay = (iso) => format(iso, "short", { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
/** 2026 */
export const yearOf = (iso) => format(iso, "year", { year: "numeric" });
/** A key that two instants of one local day share. */
export const dayOf = (iso) => format(iso, "day", { year: "numeric", month: "2-digit", day: "2-digit" });
/** Monday 2 March 2026, without the year if it is this one. */
export function longDay(iso, now) {
  const day = format(iso, "long", { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
  return yearOf(iso) === yearOf(now) ? day : `${day} ${yearOf(iso)}`;
}
/** The local wall time, as <input type="datetime-local"> wants it. */
export function wallTime(iso) {
  const [day, month, year] = dayOf(iso).split("/");
  return `${year}-${month}-${day}T${clockTime(iso)}`;
}
/** The instant of a wall time in the shown zone, as ISO text in UTC. */
export function instantOf(wall) {
  const asUtc = new Date(`${wall}:00Z`).valueOf();
  if (Number.isNaN(asUtc)) return null;
  let guess = asUtc;
  // Twice: the first correction may itself cross a change of the clocks.
  for (let round = 0; round < 2; round += 1) {
    const shown = new Date(`${wallTime(new Date(guess).toISOString())}:00Z`).valueOf();
    guess += asUtc - shown;
  }
  return new Date(guess).toISOString();
}
