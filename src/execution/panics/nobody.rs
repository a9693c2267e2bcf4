//! The panic hooks of a build without engines that install one.

/// Does nothing: no engine of this build installs a panic hook.
pub(super) fn install_hooks() {}
