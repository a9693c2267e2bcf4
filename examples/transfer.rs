//! A type of your own, checked on every engine: an account from which two threads withdraw at once.
//!
//! `cargo run --example transfer` shows the endings that the engines find; `cargo test --example transfer` is
//! the gate. To check your own type, copy the scenario and the tests, and replace the account.

use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Lock};
use selvedge::report::text;
use selvedge::{Checker, Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// An account that must not be overdrawn.
trait Account: Send + Sync + 'static {
    fn new(balance: i64) -> Self;

    /// Withdraws the amount if it is covered; returns `true` if it was.
    fn withdraw(&self, amount: i64) -> bool;

    fn balance(&self) -> i64;
}

/// Checks the balance, and then acts on the value that it saw. Each step is atomic, but the two together are
/// not.
struct CheckThenAct<B: Backend> {
    balance: B::AtomicI64,
}

impl<B: Backend> Account for CheckThenAct<B> {
    fn new(balance: i64) -> Self {
        CheckThenAct {
            balance: B::AtomicI64::new(balance).named("balance"),
        }
    }

    fn withdraw(&self, amount: i64) -> bool {
        if self.balance.load(SeqCst) < amount {
            return false;
        }
        // Another thread may withdraw here, and then the amount is no longer covered.
        self.balance.fetch_sub(amount, SeqCst);
        true
    }

    fn balance(&self) -> i64 {
        self.balance.load(SeqCst)
    }
}

/// Checks and acts under one lock.
struct CheckAndAct<B: Backend> {
    balance: B::Mutex<i64>,
}

impl<B: Backend> Account for CheckAndAct<B> {
    fn new(balance: i64) -> Self {
        CheckAndAct {
            balance: B::Mutex::new(balance).named("balance"),
        }
    }

    fn withdraw(&self, amount: i64) -> bool {
        let mut balance = self.balance.lock();
        let is_covered = *balance >= amount;
        if is_covered {
            *balance -= amount;
        }
        is_covered
    }

    fn balance(&self) -> i64 {
        *self.balance.lock()
    }
}

/// Two threads each withdraw 80 from an account of 100.
#[derive(Clone, Copy)]
struct TwoWithdrawals {
    is_fixed: bool,
}

/// The final balance, and the number of withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    balance: i64,
    withdrawals: usize,
}

impl Scenario for TwoWithdrawals {
    type Outcome = Outcome;

    fn name(&self) -> String {
        if self.is_fixed {
            "check and act"
        } else {
            "check, then act"
        }
        .to_owned()
    }

    fn run<B: Backend>(&self) -> Outcome {
        if self.is_fixed {
            withdraw_twice::<B, CheckAndAct<B>>()
        } else {
            withdraw_twice::<B, CheckThenAct<B>>()
        }
    }

    fn expectations(&self) -> Expectations<Outcome> {
        Expectations::new()
            .required(
                Outcome {
                    balance: 20,
                    withdrawals: 1,
                },
                "only one of the two is covered",
            )
            .forbidden_if(|outcome| outcome.balance < 0, "the account is overdrawn")
    }
}

fn withdraw_twice<B: Backend, A: Account>() -> Outcome {
    let account = Arc::new(A::new(100));
    let threads = [(); 2].map(|()| {
        let account = Arc::clone(&account);
        B::spawn(move || account.withdraw(80))
    });
    let withdrawals = threads.into_iter().map(|thread| thread.join().unwrap());
    let withdrawals = withdrawals.filter(|&is_covered| is_covered).count();
    Outcome {
        balance: account.balance(),
        withdrawals,
    }
}

fn main() {
    let checker = Checker::new().loom().shuttle_dfs().threads();
    for is_fixed in [false, true] {
        println!("{}", text::plain(&checker.report(TwoWithdrawals { is_fixed })));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_and_act_never_overdraws() {
        selvedge::check(TwoWithdrawals { is_fixed: true });
    }

    #[test]
    #[should_panic(
        expected = "Outcome { balance: -60, withdrawals: 2 } is forbidden: the account is overdrawn"
    )]
    fn check_then_act_overdraws() {
        selvedge::check(TwoWithdrawals { is_fixed: false });
    }
}
