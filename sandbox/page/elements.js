// Making elements. Text always goes in as text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 *
 * Options: `class`, `text`, `data` (an object for the dataset), `on…` (a listener), anything else is an attribute;
 * `true` is an attribute without a value, `false`, `null` and `undefined` leave it out.
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  if (tag === "button" && !element.hasAttribute("type")) element.type = "button";
  element.append(...children.flat(2).filter((child) => child || child === 0));
  return element;
}

/** One of the drawings at the top of index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A round button that shows a drawing only; `label` is what a screen reader says. */
export function iconButton(name, label, onclick, extra = "") {
  return make("button", { class: `round ${extra}`, "aria-label": label, title: label, onclick }, icon(name));
}

/** A name as somebody typed it: in any script, never as HTML, never scrambling its neighbours. */
export function nameOf(text, className = "") {
  return make("bdi", { class: className || null, text });
}

function firstLetter(word) {
  if (!word) return "";
  if (window.Intl?.Segmenter) {
    const [first] = new Intl.Segmenter().segment(word);
    return first ? first.segment : "";
  }
  return [...word][0] ?? "";
}

/** Up to two initials of a name, in capitals. */
export function initials(name) {
  const words = String(name).trim().split(/\s+/u);
  const last = words.length > 1 ? words.at(-1) : "";
  return (firstLetter(words[0]) + firstLetter(last)).toLocaleUpperCase();
}

/** A coloured disc with initials; `colour` is 0–7, "bot" or "group". */
export function avatar(name, colour, extra = "") {
  const disc = make("span", { class: `avatar colour-${colour} ${extra}`, "aria-hidden": "true" });
  if (colour === "bot") disc.append(icon("bot"));
  else if (colour === "group") disc.append(icon("people"));
  else disc.textContent = initials(name);
  return disc;
}
