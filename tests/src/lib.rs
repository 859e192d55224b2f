//! What the tests of this workspace share.

pub mod cases;
pub mod mock_tenant;
