//! The words of the story, between what it shows.

pub(super) const OPENING: &str = "\
A number is shared by two threads. It stands at 0. One thread adds 1 to it,
twice; the other subtracts 1, twice. As many up as down: where does it end?
";

pub(super) const WITHOUT_A_LOCK: &str =
    "  Adding is two steps: load the value, and store it plus 1. Between the two
  steps the other thread may take its turn. With one update each, this can
  happen; time goes down, and the line at the left joins what belongs
  together:
";

pub(super) const EVERY_TURN: &str =
    "  This is a lost update. No run need show it: it depends on who takes which
  turn, and such a fault is a race condition. So here is every turn that the
  threads can take with two updates each, and where the number ends:
";

pub(super) const READING_THE_TABLE: &str =
    "  `Proved` means that nothing was left out: these are all the results there
  are, and each of them can happen. The explorer, loom and shuttle each run a
  program in every order; each tells orders apart in its own way, so they
  count differently and agree. (The explorer runs only orders that differ,
  each of them once.) Loom is known to skip some orders where loads hide one
  another; when that may have happened, it says `bounded`.
";

pub(super) const WITH_A_LOCK: &str =
    "  Now a thread takes a lock before it loads, and gives it back after it has
  stored. What lies between is a critical section: only one thread can hold the
  lock, so nobody can come between the load and the store. Again every turn that
  the threads can take:
";

pub(super) const TOO_MANY_ORDERS: &str =
    "  So far two updates each, in every order. With a thousand each, the number of
  orders has 601 digits. But most of them lead through the same places. A
  state is what the number holds, who holds the lock, and how far each thread
  is. There are few states, and what can happen next depends on nothing else:
  so each state needs one visit. With the lock and a thousand updates each:
";

pub(super) const SUM_INVARIANT: &str =
    "  With a million each, even the states are too many. But nobody needs to visit
  them. Look at one step alone, and let it find whatever the others may have
  left in the number: if it finds 5, it leaves 6; if it finds \u{2212}3, it leaves
  \u{2212}2. With the lock, whatever it finds, it adds 1; the step of the other
  thread takes 1 away. So a million of each end at 0, in any order. What stays
  true with each step, here the sum, is called an invariant:
";

pub(super) const ASSUMED: &str = "  (What this takes for granted, the lock among other things, is told by
  `selvedge check locked --iterations 1000000 --engine every-n`.)

  Without the lock there is no such argument: a step may load 5, another
  thread may store 9, and the step stores 6. It has taken 3 away. And an
  update can be lost at any number: let the first updates of both threads meet
  as in chapter 1, and the other 999,999 of each follow in sequence. These
  add up, so what was lost stays lost:
";

pub(super) const A_MILLION_TIMES: &str =
    "  Now a million each on this machine's real threads, in whatever order they
  come. That proves nothing, but it is the real thing:
";

pub(super) const ON_REAL_THREADS: &str =
    "  Without the lock the result is whatever it happens to be: even 0, on a busy
  machine on which the threads hardly meet. That updates can be lost is what
  exploring has shown.
";

pub(super) const EVERY_COUNTER: &str =
    "  Locks can be used wrongly, and there are ways without a lock. Here is what
  every counter of the catalogue does, with two threads and two updates each,
  and how many executions each engine has explored: all that there are, unless
  there is a star (then it says `bounded`). The last column says of which
  counters it is proved, by an argument, that they end at 0 for every number n
  of updates:
";

pub(super) const NOTHING_SHARED: &str =
    "  Threads that share nothing need no lock, and can use two processors at once.
  Two threads count to a million, one up and one down:
";

pub(super) const DISTURBED: &str =
    "  (Disturbed: two processors to themselves take little more than half the time.)
";

pub(super) const SAMPLES: &str = "  What is too large to be explored can still be sampled: by schedules at
  random, or by the real thing again and again. Of what they do not see,
  samples say nothing:
";
