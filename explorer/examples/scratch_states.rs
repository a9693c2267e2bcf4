#[allow(dead_code)]
#[path = "../tests/explorer/states/programs.rs"]
mod programs;
use programs::*;
use selvedge_explorer::states::*;
use selvedge_explorer::*;
use std::collections::BTreeMap;
fn show<S: Send+Sync+'static>(name: &str, c: Counting, p: &Repeated<S,i64>) {
    let s = States::new().counting(c).explore(p).unwrap();
    println!("{name} {c:?}: states {} {:?} endless {} peak {} locals {} {:?} {} endings", s.states, s.total(), s.endless, s.peak, s.local_states, s.elapsed, s.endings.len());
}
fn ex<S: Send+Sync+'static>(name:&str, m: Mode, p: &Repeated<S,i64>) {
    let p2 = p.clone(); let mut out = BTreeMap::new();
    let t = std::time::Instant::now();
    let s = Explorer::new().mode(m).explore(move || p2.run(), |e| *out.entry(e.ending().clone()).or_insert(0u64) += 1).unwrap();
    println!("{name} explorer {m:?}: {} in {:?}", s.executions, t.elapsed());
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let c = match args.get(3).map(|s| s.as_str()) { Some("i") => Counting::Interleavings, Some("t") => Counting::Traces, Some("o") => Counting::Odds, _ => Counting::Nothing };
    match args.get(1).map(|s| s.as_str()) {
        Some("cas") => for n in 1..4 {
            show("attempt", Counting::Nothing, &attempt(n)); show("attempt", Counting::Interleavings, &attempt(n)); show("attempt", Counting::Traces, &attempt(n));
            show("loop", Counting::Nothing, &exchange_loop(n)); show("loop", Counting::Interleavings, &exchange_loop(n)); show("loop", Counting::Traces, &exchange_loop(n));
            if n<4 { ex("attempt", Mode::Optimal, &attempt(n)); ex("loop", Mode::Optimal, &exchange_loop(n)); }
            if n<3 { ex("attempt", Mode::Enumeration, &attempt(n)); ex("loop", Mode::Enumeration, &exchange_loop(n)); }
        },
        Some("odds") => for n in [1,10,20] { let s = States::new().counting(Counting::Odds).explore(&unlocked(&[1,-1], n)).unwrap(); println!("{n} {:?}", s.endings.get(&Ending::Finished(0))); println!("sum {}", s.endings.values().filter_map(|w| w.odds()).sum::<f64>()); },
        Some("unlocked") => show("unlocked", c, &unlocked(&[1,-1], args[2].parse().unwrap())),
        Some("locked") => show("locked", c, &locked(2, args[2].parse().unwrap())),
        Some("ex") => ex("unlocked", Mode::Optimal, &unlocked(&[1,-1], args[2].parse().unwrap())),
        _ => {}
    }
}
