//! Generates the client.

fn main() -> Result<(), clientgen::BuildError> {
    clientgen::Builder::new("pets.yaml")
        .overlay("fixes.overlay.yaml")
        .only_operations(["*Pet*"])
        .mock()
        .generate()
}
