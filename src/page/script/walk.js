"use strict";
// Walks the states that the explorer has found. Nothing here knows what a step does: each state, each step and
// each number is data.

/** A walk along the steps of a level, from its beginning. */
class Walk {
  constructor(level) {
    this.level = level;
    /** The steps so far: `{from, edge}`, with the state before it. */
    this.steps = [];
    /** The steps that were taken back, the next one last. */
    this.undone = [];
  }

  /** The state after the first `count` steps. */
  stateAfter(count) {
    const index = count === 0 ? 0 : this.steps[count - 1].edge[TO];
    return this.level.states[index];
  }

  get state() {
    return this.stateAfter(this.steps.length);
  }

  /** The steps that the state offers for a thread: several if the step is a choice. */
  offered(thread) {
    return (this.state.e ?? []).filter((edge) => edge[THREAD] === thread);
  }

  take(edge) {
    this.push(edge);
    this.undone = [];
  }

  push(edge) {
    this.steps.push({ from: this.state, edge });
  }

  back() {
    const step = this.steps.pop();
    if (step) this.undone.push(step.edge);
    return step !== undefined;
  }

  again() {
    const edge = this.undone.pop();
    if (edge) this.push(edge);
    return edge !== undefined;
  }

  restart() {
    this.steps = [];
    this.undone = [];
  }

  /** Goes on without preemption, as the explorer does: with the thread that ran last while it can. */
  runOn() {
    while (this.state.e) {
      const last = this.steps.at(-1)?.edge[THREAD];
      const first = (thread) => this.offered(thread)[0];
      const main = this.level.threads.length - 1;
      const order = [main, ...this.level.threads.keys()];
      this.take((last === undefined ? undefined : first(last)) ?? order.map(first).find((edge) => edge));
    }
  }

  /** The shortest way from here to an ending: its steps; `null` if none leads there. */
  wayTo(ending) {
    const way = [];
    let state = this.state;
    let last = this.steps.at(-1)?.edge[THREAD] ?? "-";
    while (state.x === undefined) {
      const index = state.w?.[last]?.[ending] ?? null;
      if (index === null) return null;
      const edge = state.e[index];
      way.push(edge);
      state = this.level.states[edge[TO]];
      last = edge[THREAD];
    }
    return state.x.ending === ending ? way : null;
  }

  /** The cost of the steps so far, in the words and the order of the explorer: preemptions, switches, events. */
  get cost() {
    let switches = 0;
    let preemptions = 0;
    this.steps.forEach((step, index) => {
      const left = this.steps[index - 1]?.edge[THREAD];
      if (left === undefined || left === step.edge[THREAD]) return;
      switches += 1;
      if (isReady(this.level, step.from, left)) preemptions += 1;
    });
    return [preemptions, switches, this.steps.length];
  }

  /** The rows of a drawing of the steps so far, as those of a witness are. */
  rows() {
    const { level, state } = this;
    const numbers = level.threads.map(() => 0);
    const rows = this.steps.map((step, index) => {
      const thread = step.edge[THREAD];
      numbers[thread] += 1;
      const number = numbers[thread];
      const left = this.steps[index - 1]?.edge[THREAD];
      const preempts = left !== undefined && left !== thread && isReady(level, step.from, left);
      const marks = (state.m ?? [])
        .filter((mark) => mark[0] === thread && mark[1] === number)
        .map((mark) => level.texts[mark[2]]);
      return {
        column: level.columns.includes(thread) ? thread : null,
        who: level.threads[thread].short,
        kind: "event",
        steps: [index + 1, index + 1],
        text: level.texts[step.edge[ACTION]],
        place: step.edge[PLACE] === null ? null : level.texts[step.edge[PLACE]],
        marks: preempts ? [`preempts ${level.threads[left].short}`, ...marks] : marks,
        key: `${thread}.${number}`,
      };
    });
    const stuck = (state.x?.stuck ?? []).map((row) => ({ ...row, key: `${row.column}.0` }));
    return [...rows, ...stuck];
  }

  /** The rows that belong together, as those of a witness are. */
  joins(rows) {
    return (this.state.j ?? [])
      .map(([kind, members]) => ({
        kind: this.level.texts[kind],
        rows: members
          .map(([thread, number]) => rows.findIndex((row) => row.key === `${thread}.${number}`))
          .filter((index) => index >= 0)
          .sort((one, other) => one - other),
      }))
      .filter((join) => join.rows.length > 1);
  }
}

// The parts of a step in the data.
const THREAD = 0;
const ALTERNATIVE = 1;
const TO = 2;
const ACTION = 3;
const PLACE = 4;

/** What a thread is about to do in a state; `null` if it does not exist yet. */
function standing(level, state, thread) {
  const index = state.t[thread];
  return index === null ? null : level.standings[index];
}

function isReady(level, state, thread) {
  return standing(level, state, thread)?.kind === "ready";
}

/** The states along a witness, and a walk over its steps. */
function walkAlong(level, witness) {
  const walk = new Walk(level);
  for (const index of witness.path) walk.push(walk.state.e[index]);
  return walk;
}

/** A schedule in words: `2, 1 ×2, main`. */
function inWords(level, edges) {
  const runs = [];
  for (const edge of edges) {
    const name = level.threads[edge[THREAD]].short.replace(/^thread /, "");
    const token = edge[ALTERNATIVE] > 0 ? `${name}:${edge[ALTERNATIVE]}` : name;
    const last = runs.at(-1);
    if (last?.token === token) last.times += 1;
    else runs.push({ token, times: 1 });
  }
  return runs.map((run) => (run.times > 1 ? `${run.token} ×${run.times}` : run.token)).join(", ");
}

function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

function costInWords([preemptions, switches, events]) {
  return [count(preemptions, "preemption"), count(switches, "switch", "switches"), count(events, "event")].join(", ");
}

/** Compares costs: negative if the first is less. */
function compareCosts(one, other) {
  const index = one.findIndex((part, at) => part !== other[at]);
  return index < 0 ? 0 : one[index] - other[index];
}
