// The sheets in which people and groups are made and changed.

import { adminOf, post } from "./actions.js";
import { confirmBox, openSheet, toast } from "./dialogs.js";
import { avatar, icon, make, nameOf } from "./elements.js";
import { colourOf, groups, isIn, look, nameOfPerson, onChange, statusIn, store } from "./store.js";

const LANGUAGES = [
  ["en", "English"], ["es", "Español"], ["fr", "Français"], ["sw", "Kiswahili"], ["rw", "Ikinyarwanda"],
  ["de", "Deutsch (the bot does not speak it)"],
];
const NAME_LETTERS_MAX = 64;
const TITLE_LETTERS_MAX = 128;

/** A sheet whose content is drawn again when people or groups change; which rows are open is kept. */
function livingSheet(title, draw) {
  const body = make("div", { class: "rows" });
  const sheet = openSheet(title, body);
  const redraw = () => {
    const open = new Set([...body.querySelectorAll("details[open]")].map((row) => row.dataset.key));
    const focused = document.activeElement?.dataset?.do;
    body.replaceChildren(...draw());
    for (const row of body.querySelectorAll("details")) if (open.has(row.dataset.key)) row.open = true;
    if (focused) [...body.querySelectorAll("[data-do]")].find((button) => button.dataset.do === focused)?.focus();
  };
  redraw();
  onChange((change) => {
    if (sheet.isConnected && ["person", "chat", "view", "state"].includes(change.kind)) redraw();
  });
  return { sheet, body };
}

function deed(key, text, onclick, className = "") {
  return make("button", {
    class: `deed ${className}`, text, data: { do: key },
    onclick: async (event) => {
      const button = event.currentTarget;
      button.setAttribute("aria-busy", "true");
      await onclick();
      button.removeAttribute("aria-busy");
    },
  });
}

// People.

function tagsOf(person) {
  const tags = [];
  if (person.deleted) tags.push("deleted");
  else if (person.blocked_bot) tags.push("blocked the bot");
  else if (!person.started_bot) tags.push("not started");
  if (person.id === store.view.me) tags.unshift("you");
  return tags.map((tag) => make("span", { class: "tag", text: tag }));
}

function membershipDeeds(person, chat) {
  const about = { person: person.id, chat: chat.id };
  const key = `${person.id}:${chat.id}`;
  const status = statusIn(chat, person.id);
  const deeds = [];
  if (!isIn(chat, person.id)) deeds.push(deed(`join:${key}`, "Join", () => post("join", about)));
  else {
    if (status === "administrator") deeds.push(deed(`demote:${key}`, "Make an ordinary member", () => post("demote", about)));
    else if (status !== "creator") deeds.push(deed(`promote:${key}`, "Make an admin", () => post("promote", about)));
    deeds.push(deed(`leave:${key}`, "Leave", () => post("leave", about)));
    if (status !== "creator") {
      deeds.push(deed(`kick:${key}`, "Be removed", () => post("kick", { ...about, by: adminOf(chat) })));
    }
  }
  const word = { creator: "made it", administrator: "admin", member: "member", restricted: "restricted", kicked: "was removed" }[status] ?? "not in it";
  return make("div", { class: "membership" },
    make("div", { class: "membership-name" }, nameOf(chat.title), make("span", { class: "faint", text: word })),
    make("div", { class: "deeds" }, deeds));
}

function personDeeds(person) {
  const deeds = [];
  if (person.id !== store.view.me) deeds.push(deed(`be:${person.id}`, `Be ${person.first_name}`, () => look({ me: person.id }), "strong"));
  deeds.push(person.blocked_bot
    ? deed(`unblock:${person.id}`, "Unblock the bot", () => post("unblock", { person: person.id }))
    : deed(`block:${person.id}`, "Block the bot", () => post("block", { person: person.id })));
  deeds.push(deed(`delete:${person.id}`, "Delete account…", () => deleteAccount(person), "danger"));
  return make("div", { class: "deeds" }, deeds);
}

async function deleteAccount(person) {
  const sure = await confirmBox(`Delete ${nameOfPerson(person)}?`,
    "Their Telegram account is gone for good, as if they had deleted it. What they wrote stays.", "Delete");
  if (sure) await post("delete_account", { person: person.id });
}

function personRow(person) {
  const row = make("details", { class: "row", name: "people", data: { key: `person:${person.id}` } },
    make("summary", {},
      avatar(nameOfPerson(person), colourOf(person.id)),
      make("span", { class: "row-name" }, nameOf(nameOfPerson(person)),
        person.username ? make("span", { class: "faint", text: `@${person.username}` }) : null),
      make("span", { class: "row-tags" }, tagsOf(person)), icon("down")));
  if (person.deleted) row.append(make("p", { class: "faint row-body", text: "Nothing can be done with a deleted account." }));
  else row.append(make("div", { class: "row-body" }, personDeeds(person), groups().map((chat) => membershipDeeds(person, chat))));
  return row;
}

export function openPeople() {
  livingSheet("People", () => [
    ...[...store.people.values()].map(personRow),
    make("button", { class: "row-add", onclick: () => openAddPerson() }, icon("add"), "Add a person…"),
  ]);
}

export function openAddPerson() {
  const name = make("input", { name: "first_name", required: true, maxlength: NAME_LETTERS_MAX, autocomplete: "off", autofocus: true });
  const language = make("select", { name: "language_code" }, LANGUAGES.map(([code, text]) => make("option", { value: code, text })));
  const boxes = groups().map((chat) => [chat, make("input", { type: "checkbox", checked: true })]);
  const form = make("form", { class: "form" },
    make("label", {}, "First name", name),
    make("label", {}, "Language of their Telegram", language),
    boxes.length ? make("fieldset", {}, make("legend", { text: "Joins" }),
      boxes.map(([chat, box]) => make("label", { class: "check" }, box, nameOf(chat.title)))) : null,
    make("button", { type: "submit", class: "big", text: "Add" }));
  const sheet = openSheet("Add a person", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const added = await post("people", {
      first_name: name.value.trim(), language_code: language.value,
      chats: boxes.filter(([, box]) => box.checked).map(([chat]) => chat.id),
    });
    if (!added) return;
    sheet.close();
    toast(`${name.value.trim()} is here. Choose them at the top left to see with their eyes.`);
  });
}

// Groups.

function groupDeeds(chat) {
  const by = adminOf(chat);
  const deeds = [];
  if (chat.id !== store.view.group) {
    deeds.push(deed(`show:${chat.id}`, "Show this group", () => look({ group: chat.id, topic: null, tab: "group" }), "strong"));
  }
  deeds.push(isIn(chat, store.bot.id)
    ? deed(`remove_bot:${chat.id}`, "Remove the bot", () => post("remove_bot", { chat: chat.id, by }))
    : deed(`add_bot:${chat.id}`, "Add the bot", () => post("add_bot", { chat: chat.id, by })));
  if (chat.type === "group") deeds.push(deed(`migrate:${chat.id}`, "Make it a supergroup", () => post("migrate", { chat: chat.id })));
  return make("div", { class: "deeds" }, deeds);
}

function memberLine(chat, { id, status }) {
  const person = store.people.get(id);
  const isBot = id === store.bot.id;
  const words = { creator: "made it", administrator: "admin", member: "", restricted: "restricted", left: "left", kicked: "was removed" };
  return make("div", { class: `member ${isIn(chat, id) ? "" : "gone"}` },
    avatar(isBot ? store.bot.first_name : nameOfPerson(person), isBot ? "bot" : colourOf(id), "small"),
    nameOf(isBot ? store.bot.first_name : nameOfPerson(person)),
    make("span", { class: "faint", text: words[status] ?? status }));
}

function groupRow(chat, open) {
  return make("details", { class: "row", open, name: "groups", data: { key: `chat:${chat.id}` } },
    make("summary", {}, avatar(chat.title, "group"),
      make("span", { class: "row-name" }, nameOf(chat.title),
        make("span", { class: "faint", text: chat.is_forum ? "supergroup with topics" : chat.type })),
      make("span", { class: "row-tags" }, isIn(chat, store.bot.id) ? null : make("span", { class: "tag", text: "no bot" })), icon("down")),
    make("div", { class: "row-body" }, groupDeeds(chat),
      make("div", { class: "members" }, (chat.members ?? []).map((member) => memberLine(chat, member)))));
}

/** All groups; `chosen` is the one that is open at first. */
export function openGroups(chosen = null) {
  let first = true;
  livingSheet("Groups", () => {
    const rows = groups().map((chat) => groupRow(chat, first && chat.id === chosen?.id));
    first = false;
    return [...rows, make("button", { class: "row-add", onclick: () => openNewGroup() }, icon("add-group"), "New group…")];
  });
}

export function openNewGroup() {
  const title = make("input", { name: "title", required: true, maxlength: TITLE_LETTERS_MAX, autocomplete: "off", autofocus: true });
  const people = [...store.people.values()].filter((person) => !person.deleted);
  const boxes = people.map((person) => [person, make("input", { type: "checkbox", checked: person.id === store.view.me })]);
  const withBot = make("input", { type: "checkbox", checked: true });
  const form = make("form", { class: "form" },
    make("label", {}, "Name of the group", title),
    make("fieldset", {}, make("legend", { text: "Members besides you" }),
      boxes.filter(([person]) => person.id !== store.view.me)
        .map(([person, box]) => make("label", { class: "check" }, box, nameOf(nameOfPerson(person))))),
    make("label", { class: "check" }, withBot, "Add the bot"),
    make("button", { type: "submit", class: "big", text: "Make the group" }));
  const sheet = openSheet("New group", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const made = await post("groups", {
      title: title.value.trim(), creator: store.view.me, add_bot: withBot.checked,
      members: boxes.filter(([person, box]) => box.checked && person.id !== store.view.me).map(([person]) => person.id),
    });
    if (!made) return;
    sheet.close();
    // The answer may come before the group's event.
    if (!store.chats.has(made.id)) store.chats.set(made.id, made);
    look({ group: made.id, topic: null, tab: "group" });
  });
}

