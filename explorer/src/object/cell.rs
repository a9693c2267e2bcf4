//! The model of plain memory.
//!
//! The value itself stays with the cell; the model only says that reads commute. Whether two
//! accesses are a data race is decided afterwards, in `data_race`.

use crate::operation::{Access, OperationKind};

pub(super) fn access(kind: OperationKind) -> Access {
    match kind {
        OperationKind::CellRead => Access::Shared,
        _ => Access::Exclusive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_commute() {
        assert_eq!(access(OperationKind::CellRead), Access::Shared);
        assert_eq!(access(OperationKind::CellWrite), Access::Exclusive);
    }
}
