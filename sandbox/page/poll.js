// A native poll: choose, see the bars, take the vote back.

import { vote } from "./actions.js";
import { avatar, icon, make } from "./elements.js";
import { colourOf, nameOfPerson, store } from "./store.js";

const FACES_MAX = 3;

// What is ticked but not yet sent, by poll and person: it survives an edit of the message.
const ticked = new Map();

const keyOf = (poll) => `${poll.id}:${store.view.me}`;

function isMine(poll, index) {
  return poll.options[index].voters.includes(store.view.me);
}

async function cast(message, options) {
  ticked.delete(keyOf(message.poll));
  return vote(message, options);
}

function kindOf(poll) {
  if (poll.is_closed) return "Final results";
  if (poll.type === "quiz") return poll.is_anonymous ? "Anonymous quiz" : "Quiz";
  return poll.is_anonymous ? "Anonymous poll" : "Poll";
}

function totalLine(poll) {
  const count = poll.total_voter_count;
  if (!count) return "No votes yet";
  return count === 1 ? "1 vote" : `${count} votes`;
}

/** Whole per cents that add up to 100 for a single choice: the largest remainders are rounded up. */
export function percents(poll) {
  const total = poll.total_voter_count;
  if (!total) return poll.options.map(() => 0);
  const exact = poll.options.map((option) => (100 * option.voter_count) / total);
  if (poll.allows_multiple_answers) return exact.map(Math.round);
  const whole = exact.map(Math.floor);
  const spare = 100 - whole.reduce((sum, part) => sum + part, 0);
  const order = exact.map((part, index) => [part - whole[index], index]).sort((one, other) => other[0] - one[0]);
  for (const [, index] of order.slice(0, Math.max(0, spare))) whole[index] += 1;
  return whole;
}

function result(option, percent, mine, poll) {
  const bar = make("span", { class: "poll-bar" }, make("span", { class: "poll-fill" }));
  bar.firstChild.style.width = `${Math.max(percent, 1)}%`;
  const faces = poll.is_anonymous ? [] : option.voters.slice(0, FACES_MAX);
  const row = make("div", { class: `poll-result ${mine ? "mine" : ""}` },
    make("span", { class: "poll-percent", text: `${percent}%` }),
    make("span", { class: "poll-label", text: option.text, dir: "auto" }),
    make("span", { class: "poll-faces" },
      faces.map((id) => avatar(nameOfPerson(store.people.get(id)), colourOf(id), "tiny"))),
    make("span", { class: "poll-tick" }, mine ? icon("check") : null),
    bar,
  );
  const names = option.voters.map((id) => nameOfPerson(store.people.get(id)));
  if (!poll.is_anonymous && names.length) row.title = names.join(", ");
  if (mine) row.setAttribute("aria-label", `${option.text}: ${percent}%, your vote`);
  return row;
}

function choices(message, footer) {
  const { poll } = message;
  const key = keyOf(poll);
  const chosen = ticked.get(key) ?? new Set();
  const voteButton = make("button", {
    class: "poll-vote", text: "Vote", disabled: chosen.size === 0,
    onclick: () => cast(message, [...chosen].sort((one, other) => one - other)),
  });
  const rows = poll.options.map((option, index) => {
    const row = make("button", {
      class: "poll-choice", role: poll.allows_multiple_answers ? "checkbox" : null,
      "aria-checked": poll.allows_multiple_answers ? String(chosen.has(index)) : null,
      onclick: () => {
        if (!poll.allows_multiple_answers) {
          row.setAttribute("aria-busy", "true");
          cast(message, [index]).finally(() => row.removeAttribute("aria-busy"));
          return;
        }
        if (!chosen.delete(index)) chosen.add(index);
        ticked.set(key, chosen);
        row.setAttribute("aria-checked", String(chosen.has(index)));
        voteButton.disabled = chosen.size === 0;
      },
    },
    make("span", { class: `poll-mark ${poll.allows_multiple_answers ? "square" : ""}` }, icon("check")),
    make("span", { class: "poll-label", text: option.text, dir: "auto" }));
    return row;
  });
  if (poll.allows_multiple_answers) footer.prepend(voteButton);
  return rows;
}

/** The poll of a message as the chosen person sees it. */
export function renderPoll(message) {
  const { poll } = message;
  const mine = poll.options.map((_, index) => isMine(poll, index));
  const voted = mine.includes(true);
  const footer = make("div", { class: "poll-foot" }, make("span", { class: "poll-total", text: totalLine(poll) }));
  const kind = poll.allows_multiple_answers && !poll.is_closed ? `${kindOf(poll)} · several answers` : kindOf(poll);
  const block = make("div", { class: "poll", role: "group", "aria-label": `${kind}: ${poll.question}` },
    make("div", { class: "poll-question", text: poll.question, dir: "auto" }),
    make("div", { class: "poll-kind", text: kind }),
  );
  if (voted || poll.is_closed) {
    const shares = percents(poll);
    block.append(...poll.options.map((option, index) => result(option, shares[index], mine[index], poll)));
    if (voted && !poll.is_closed) {
      footer.append(make("button", { class: "inline-link", text: "Retract vote", onclick: () => cast(message, []) }));
    }
  } else block.append(...choices(message, footer));
  block.append(footer);
  return block;
}
