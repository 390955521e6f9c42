// The bar at the top: who you are, what time it is, whether the villagers answer, and the menu.

import { post, travel } from "./actions.js";
import { menuItem, openMenu, toast } from "./dialogs.js";
import { avatar, icon, make, nameOf } from "./elements.js";
import { colourOf, groups, isAdmin, look, mayHide, me, nameOfPerson, now, onChange, store, tell, unread } from "./store.js";
import { openAddPerson, openGroups, openNewGroup, openPeople } from "./people.js";
import { clockTime, instantOf, shortDay, shownZone, wallTime, yearOf } from "./text.js";

const byId = (id) => document.getElementById(id);
const who = byId("who");
const clock = byId("clock");
const cast = byId("cast");
const menu = byId("menu");
const hint = byId("hint");
const steps = [...document.querySelectorAll("[data-travel]")];

const CLOCK_MS = 5000;
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

export function languageName(code) {
  try {
    return LANGUAGES.of(code) ?? code;
  } catch {
    return code;
  }
}

// Who you are.

/** How many messages wait for other people in their private chats. */
function unreadOfOthers() {
  let count = 0;
  for (const person of store.people.values()) if (person.id !== store.view.me) count += unread(person.id);
  return count;
}

function renderWho() {
  const person = me();
  const others = unreadOfOthers();
  who.replaceChildren(
    avatar(person ? nameOfPerson(person) : "?", person ? colourOf(person.id) : 0),
    make("span", { class: "who-text" },
      make("span", { class: "who-you", text: "You are" }), nameOf(person ? nameOfPerson(person) : "nobody yet", "who-name long"),
      nameOf(person ? person.first_name : "nobody", "who-name short")),
    icon("down"),
    others ? make("span", { class: "dot", title: `${others} new for others` }) : "",
  );
  const news = others ? `; ${others} new private messages for others` : "";
  who.setAttribute("aria-label", `You are ${person ? nameOfPerson(person) : "nobody yet"}. Choose another person${news}`);
}

function stateOf(person) {
  const group = store.chats.get(store.view.group);
  const words = [languageName(person.language_code)];
  if (isAdmin(group, person.id)) words.push("admin");
  if (person.blocked_bot) words.push("blocked the bot");
  else if (!person.started_bot) words.push("has not started the bot");
  return words.join(" · ");
}

function openWho() {
  const rows = [...store.people.values()].filter((person) => !person.deleted).map((person) => {
    const news = unread(person.id);
    return menuItem([
      avatar(nameOfPerson(person), colourOf(person.id)),
      make("span", { class: "menu-body" },
        nameOf(nameOfPerson(person)), make("span", { class: "faint", text: stateOf(person) })),
      news ? make("span", { class: "badge", text: news, "aria-label": `${news} new` }) : null,
      person.id === store.view.me ? icon("check") : null,
    ], () => look({ me: person.id }), { "aria-current": person.id === store.view.me ? "true" : null });
  });
  openMenu(who, [
    make("div", { class: "menu-scroll" }, rows),
    menuItem([icon("add"), "Add a person…"], () => openAddPerson(), { class: "menu-item divided" }),
  ], "Choose who you are", "who-menu");
}

// Time.

let travelling = false;

function renderClock() {
  const busy = travelling || store.travelling;
  const time = now();
  clock.replaceChildren(
    make("span", { class: "clock-day", text: shortDay(time) }),
    make("span", { class: "clock-year", text: ` ${yearOf(time)}` }),
    make("span", { class: "clock-time", text: clockTime(time) }),
  );
  clock.setAttribute("aria-label", `The sandbox's time: ${shortDay(time)} ${yearOf(time)}, ${clockTime(time)}. Go to another time`);
  clock.disabled = busy;
  for (const step of steps) step.disabled = busy;
  document.documentElement.classList.toggle("travelling", busy);
}

/** Move time, showing that it moves until the server says that it has arrived. */
async function moveTime(to) {
  if (travelling) return;
  travelling = true;
  renderClock();
  await travel(to);
  travelling = false;
  renderClock();
}

function openClock() {
  const input = make("input", { type: "datetime-local", value: wallTime(now()), min: wallTime(now()), required: true });
  const form = make("form", { class: "clock-form" },
    make("label", {}, "Go to a date and time", input),
    make("p", { class: "faint", text: `${shownZone()} time. Time only moves forward; what was due on the way happens on the way.` }),
    make("button", { type: "submit", class: "big", text: "Go" }));
  const opened = openMenu(clock, form, "Another time", "clock-menu");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const instant = instantOf(input.value);
    if (!instant || Date.parse(instant) <= Date.parse(now())) {
      toast("Time only moves forward here: choose a later moment.", "error");
      return;
    }
    opened.hidePopover();
    moveTime(instant);
  });
}

// The villagers.

function renderCast() {
  cast.setAttribute("aria-checked", String(store.cast));
}

async function toggleCast() {
  cast.disabled = true;
  const on = !store.cast;
  const done = await post("cast", { on });
  cast.disabled = false;
  if (done) {
    store.cast = on;
    tell({ kind: "cast", on });
  }
}

// The menu.

function openMainMenu() {
  const group = store.chats.get(store.view.group);
  const admin = mayHide(group, store.view.me);
  const anonymous = make("button", {
    class: "menu-item divided", role: "switch", "aria-checked": String(store.view.anonymous), disabled: !admin,
    onclick: (event) => {
      look({ anonymous: !store.view.anonymous });
      event.currentTarget.setAttribute("aria-checked", String(store.view.anonymous));
    },
  }, icon("mask"), make("span", { class: "menu-body" }, "Send as anonymous admin",
    make("span", { class: "faint", text: admin ? "in the group, under its name" : "only for admins of a supergroup" })),
  make("span", { class: "switch-track" }));
  openMenu(menu, [
    menuItem([icon("people"), "People…"], () => openPeople()),
    menuItem([icon("add"), "Add a person…"], () => openAddPerson()),
    menuItem([icon("group"), "Groups…"], () => openGroups()),
    menuItem([icon("add-group"), "New group…"], () => openNewGroup()),
    anonymous,
    menuItem([icon("help"), "What is this?"], () => showHint(), { class: "menu-item divided" }),
  ], "Menu");
}

/** The list of groups to choose from, with what is new in each. */
export function openGroupChoice(anchor) {
  openMenu(anchor, [
    ...groups().map((chat) => {
      const news = unread(chat.id);
      return menuItem([
        avatar(chat.title, "group"), make("span", { class: "menu-body" }, nameOf(chat.title)),
        news ? make("span", { class: "badge", text: news, "aria-label": `${news} new` }) : null,
        chat.id === store.view.group ? icon("check") : null,
      ], () => look({ group: chat.id, topic: null }), { "aria-current": chat.id === store.view.group ? "true" : null });
    }),
    menuItem([icon("add-group"), "New group…"], () => openNewGroup(), { class: "menu-item divided" }),
  ], "Choose a group");
}

// The first visit.

function renderHint() {
  byId("hint-name").textContent = me()?.first_name ?? "one of the villagers";
}

function showHint() {
  hint.hidden = false;
  renderHint();
}

function hideHint() {
  hint.hidden = true;
  try {
    localStorage.setItem("sandbox.hint", "seen");
  } catch {
    // Without storage it is shown again next time.
  }
}

function hintWasSeen() {
  try {
    return localStorage.getItem("sandbox.hint") === "seen";
  } catch {
    return false;
  }
}

export function startBar() {
  setInterval(() => { if (store.online) renderClock(); }, CLOCK_MS);
  who.addEventListener("click", openWho);
  clock.addEventListener("click", openClock);
  cast.addEventListener("click", toggleCast);
  menu.addEventListener("click", openMainMenu);
  byId("hint-close").addEventListener("click", hideHint);
  for (const step of steps) step.addEventListener("click", () => moveTime(step.dataset.travel));
  hint.hidden = hintWasSeen();
  onChange((change) => {
    if (["state", "view", "person", "message", "read", "delete"].includes(change.kind)) renderWho();
    if (["state", "time", "message"].includes(change.kind)) renderClock();
    if (["state", "cast"].includes(change.kind)) renderCast();
    if (["state", "view"].includes(change.kind)) renderHint();
  });
}
