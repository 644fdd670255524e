// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { make, sentence, time, words } from "./dom.js";

// What stands in the cells of a row: each function takes an agent and gives a list of elements, empty when nothing is known.

const minor = (...children) => make("div", { className: "minor" }, ...children);

/** The parts that are there, separated by dots. */
function joined(...parts) {
  const present = parts.filter(Boolean);
  const separator = () => make("span", { className: "separator" }, " · ");
  return minor(...present.flatMap((part, index) => (index ? [separator(), part] : [part])));
}

export function presenceOf({ presence, outOfOffice }) {
  const children = [];
  if (presence) {
    const label = presence.label ?? (presence.system ? sentence(presence.system) : "Unknown");
    children.push(make("div", { className: "presence", data: { system: presence.system ?? "" }, title: presence.system }, label));
    const setBy = presence.setBy === "relay" ? "set by relay" : presence.setBy === "other" ? "set by other" : null;
    const when = presence.modifiedAt ? time(presence.modifiedAt) : null;
    if (setBy || when) children.push(joined(setBy, when));
    if (presence.message) children.push(minor(`“${presence.message}”`));
  }
  if (outOfOffice) children.push(make("div", {}, make("span", { className: "badge", data: { tone: "violet" } }, "out of office")));
  return children;
}

export function routingOf({ routingStatus: routing }) {
  if (!routing) return [];
  return [make("div", {}, sentence(routing.status)), routing.since ? minor(time(routing.since)) : null].filter(Boolean);
}

const ADHERENCE = {
  InAdherence: ["good", "In adherence"], OutOfAdherence: ["bad", "Out of adherence"], Explained: ["info", "Explained"],
  Ignored: ["calm", "Ignored"], Unscheduled: ["calm", "Unscheduled"], Unknown: ["calm", "Unknown"],
};

export function adherenceOf({ adherence }) {
  if (!adherence) return [];
  const [tone, label] = ADHERENCE[adherence.state] ?? ["calm", adherence.state ?? "Unknown"];
  const children = [make("div", {}, make("span", { className: "badge", data: { tone } }, label))];
  if (adherence.scheduled || adherence.actual) {
    children.push(minor(`scheduled ${adherence.scheduled ?? "–"}`), minor(`actual ${adherence.actual ?? "–"}`));
  }
  return children;
}

export function talkOf(talk) {
  const line = make("div", { className: "talk-line" }, make("b", {}, words(talk.media)));
  line.append(make("span", {}, [talk.direction, talk.state].filter(Boolean).join(", ")));
  if (talk.held) line.append(make("span", { className: "badge", data: { tone: "warn" } }, "held"));
  if (talk.afterCallWork === "pending") line.append(make("span", { className: "badge", data: { tone: "info" } }, "after-call work"));
  const attributes = [
    ...Object.entries(talk.attributes ?? {}).map(([key, value]) => attribute(key, value)),
    ...Object.entries(talk.customerAttributes ?? {}).map(([key, value]) => attribute(`customer.${key}`, value)),
  ];
  return make("div", { className: "talk", title: talk.id }, line, ...attributes);
}

const attribute = (key, value) =>
  make("div", { className: "attribute" }, `${key}=`, make("i", {}, String(value)));

// Whoever is in a conversation is looked at again hours later, should nothing be heard of it: no line for that.
const isSoon = (text) => Date.parse(text) - Date.now() < 3600e3;

export function wantedOf({ wanted, waiting, looksAgainAt }) {
  const children = [];
  if (wanted) {
    children.push(make("div", {}, make("b", {}, wanted.status)), joined(wanted.rule, wanted.since ? time(wanted.since) : null));
  }
  if (waiting) children.push(...waitingOf(waiting));
  if (looksAgainAt && isSoon(looksAgainAt) && !waiting?.until) children.push(minor("looks again ", time(looksAgainAt)));
  return children;
}

const WAITING = {
  afterInteraction: "after the interaction", afterCallWork: "after after-call work", minimum: "held for its minimum",
  cooldown: "rests for its cooldown", release: "being released",
};

/** What has to be over before anything more happens. */
function waitingOf({ for: kind, rule, status, since, until }) {
  const badge = make("span", { className: "badge", data: { tone: "info" }, title: rule }, WAITING[kind] ?? words(kind));
  const when = until ? time(until) : since ? time(since) : null;
  return [make("div", {}, status ? `${status} ` : "", badge), joined(rule, when)];
}

const DELIVERY = {
  pending: ["info", "pending"], sent: ["info", "sent"], accepted: ["info", "accepted"], confirmed: ["good", "confirmed"],
  notApplied: ["warn", "not applied"], failed: ["bad", "failed"], superseded: ["calm", "superseded"], observed: ["violet", "observed"],
};

const VERDICT = {
  pending: ["info", "adherence pending"], confirmed: ["good", "adherence confirmed"], differs: ["warn", "adherence differs"],
  unknown: ["calm", "adherence unknown"],
};

/** What adherence says of the confirmed presence, and why it differs. */
function verdictOf(verdict) {
  const [tone, label] = VERDICT[verdict.state] ?? ["calm", `adherence ${verdict.state}`];
  const title = verdict.message ?? undefined;
  const because = verdict.reason ? minor(make("span", { title }, words(verdict.reason))) : null;
  return [make("div", {}, make("span", { className: "badge", data: { tone }, title }, label)), because].filter(Boolean);
}

/** An errand that is not done yet; what it is about is in the tooltip. */
const errandOf = ({ kind, what, rule }) =>
  make("div", {}, make("span", { className: "badge", title: `${what} (${rule})` }, `to do: ${words(kind)}`));

export function deliveryOf({ delivery, errands = [] }) {
  if (!delivery) return errands.map(errandOf);
  const [tone, label] = DELIVERY[delivery.state] ?? ["calm", delivery.state];
  const attempts = delivery.attempts ? `${delivery.attempts} ${delivery.attempts === 1 ? "attempt" : "attempts"}` : null;
  const children = [make("div", {}, make("span", { className: "badge", data: { tone } }, label))];
  const when = delivery.at ? time(delivery.at) : null;
  if (attempts || when) children.push(joined(attempts, when));
  if (delivery.error) {
    const { code, message, correlationId } = delivery.error;
    const text = message && message !== code ? `${code}: ${message}` : code;
    const title = correlationId ? `${text}\ncorrelation id ${correlationId}` : text;
    children.push(make("div", { className: "failure", title }, text));
  }
  if (delivery.adherence) children.push(...verdictOf(delivery.adherence));
  children.push(...errands.map(errandOf));
  return children;
}
