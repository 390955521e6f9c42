// What lies above the page: toasts, alerts, questions, sheets and small menus.

import { iconButton, make } from "./elements.js";

const TOAST_MS_MIN = 3500;
const TOAST_MS_PER_LETTER = 60;
const TOASTS_MAX = 3;
const EDGE_PX = 8;

const toasts = document.getElementById("toasts");
const announcer = document.getElementById("announcer");

/** Show a short line for a few seconds; `kind` is "" or "error". */
export function toast(text, kind = "") {
  const line = make("div", { class: `toast ${kind}`, text, dir: "auto" });
  while (toasts.childElementCount >= TOASTS_MAX) toasts.firstElementChild.remove();
  toasts.append(line);
  // Shown anew, so that it lies above a dialog that was opened meanwhile.
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
  const end = () => {
    line.remove();
    if (!toasts.childElementCount && toasts.matches(":popover-open")) toasts.hidePopover();
  };
  line.addEventListener("click", end);
  setTimeout(end, TOAST_MS_MIN + TOAST_MS_PER_LETTER * text.length);
}

/** Say something to a screen reader only. */
export function announce(text) {
  announcer.textContent = text;
}

function openDialog(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
  return dialog;
}

/** A callback answer with show_alert: stays until OK. */
export function alertBox(title, text) {
  const dialog = make("dialog", { class: "box alert", "aria-label": title });
  dialog.append(
    make("h2", {}, make("bdi", { text: title })),
    make("p", { text, dir: "auto" }),
    make("div", { class: "box-buttons" },
      make("button", { class: "plain strong", text: "OK", autofocus: true, onclick: () => dialog.close() })),
  );
  openDialog(dialog);
}

/** Ask before something that cannot be taken back; resolves to true or false. */
export function confirmBox(title, text, yes) {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = make("dialog", { class: "box", "aria-label": title, onclose: () => resolve(answer) });
    dialog.append(
      make("h2", {}, make("bdi", { text: title })),
      make("p", { text }),
      make("div", { class: "box-buttons" },
        make("button", { class: "plain", text: "Cancel", autofocus: true, onclick: () => dialog.close() }),
        make("button", { class: "plain danger", text: yes, onclick: () => { answer = true; dialog.close(); } })),
    );
    openDialog(dialog);
  });
}

/** A sheet with a title: in the middle of a desktop, at the bottom of a phone. Returns the dialog. */
export function openSheet(title, content) {
  const dialog = make("dialog", { class: "sheet", "aria-label": title });
  dialog.append(
    make("header", { class: "sheet-head" },
      make("h2", { text: title }),
      iconButton("close", "Close", () => dialog.close())),
    make("div", { class: "sheet-body" }, content),
  );
  return openDialog(dialog);
}

/** A picture as large as the window. */
export function openPicture(url, description) {
  const dialog = make("dialog", { class: "picture", "aria-label": description });
  dialog.append(
    make("img", { src: url, alt: description, onclick: () => dialog.close() }),
    iconButton("close", "Close", () => dialog.close(), "picture-close"),
  );
  openDialog(dialog);
}

/** A small menu beside the button that opened it; closes on Escape, on a tap elsewhere, or by `hidePopover()`. */
export function openMenu(anchor, content, label, className = "") {
  const menu = make("div", { class: `menu ${className}`, popover: "auto", role: "dialog", "aria-label": label }, content);
  // Inside a dialog only what belongs to it can be tapped.
  (anchor.closest("dialog") ?? document.body).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
    anchor.removeAttribute("aria-expanded");
    menu.remove();
    if (hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  menu.querySelector("[autofocus], [aria-current=true], button, input")?.focus({ preventScroll: true });
  return menu;
}

function place(menu, beside) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(Math.max(EDGE_PX, beside.left), innerWidth - width - EDGE_PX);
  const below = beside.bottom + 6;
  const above = beside.top - height - 6;
  const top = below + height <= innerHeight - EDGE_PX || above < EDGE_PX ? below : above;
  menu.style.left = `${Math.max(EDGE_PX, left)}px`;
  menu.style.top = `${Math.max(EDGE_PX, Math.min(top, innerHeight - height - EDGE_PX))}px`;
}

/** One line of a small menu. */
export function menuItem(content, onclick, extra = {}) {
  return make("button", {
    class: "menu-item", ...extra,
    onclick: (event) => { event.currentTarget.closest("[popover]")?.hidePopover(); onclick(event); },
  }, content);
}
