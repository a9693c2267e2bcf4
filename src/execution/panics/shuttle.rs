//! Shuttle's panic hook.

/// Has shuttle install its panic hook now, so that ours can take its place.
///
/// At its first execution in a process, shuttle wraps the panic hook in one that prints a schedule for
/// *every* panic, even of code that has nothing to do with shuttle.
pub(super) fn install_hooks() {
    let mut config = shuttle::Config::new();
    config.failure_persistence = shuttle::FailurePersistence::None;
    config.silence_warnings = true;
    let once = shuttle::scheduler::DfsScheduler::new(Some(1), false);
    shuttle::Runner::new(once, config).run(|| ());
}
