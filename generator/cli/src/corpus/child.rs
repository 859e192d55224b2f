//! Generates one document in a child process, so that a crash or a timeout affects this document only.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use clientgen::{Config, Diagnostic, FileTree, Generation, Severity};

use super::documents::Document;
use super::report::{Report, ReportedDiagnostic};
use super::workspace::Workspace;
use crate::labelled::LabelledFiles;
use crate::reading::Reading;
use crate::report::effect_name;
use crate::terminal::note;

/// The arguments of the child process.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    document: PathBuf,
    crate_name: String,
    crate_folder: PathBuf,
    report: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

/// Generates a document in a child process and returns its report. If the process crashes or takes too
/// long, the report says so. An error means that the run cannot continue.
pub(crate) fn generate(
    document: &Document,
    workspace: &Workspace,
    timeout: Duration,
    reading: &Reading,
) -> Result<Report, String> {
    let [report, stderr] =
        ["json", "stderr"].map(|kind| workspace.report(&document.crate_name, kind));
    let failed = |error: std::io::Error| format!("{}: {error}", stderr.display());
    fs::create_dir_all(stderr.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    // The report of an earlier run must not be read as the report of this one.
    let _ = fs::remove_file(&report);
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg("corpus-document")
        .arg(&document.path)
        .arg(&document.crate_name)
        .arg(workspace.crate_folder(&document.crate_name))
        .arg(&report)
        .args(reading.to_arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&stderr).map_err(failed)?)
        .spawn()
        .map_err(|error| format!("the generator cannot be started: {error}"))?;
    let status = wait(&mut child, timeout).map_err(|error| error.to_string())?;
    let text = fs::read_to_string(&report).ok();
    if let Some(report) = text.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(report);
    }
    let stderr = fs::read_to_string(&stderr).unwrap_or_default();
    Ok(Report::failed(failure(status, timeout, &stderr), start.elapsed().as_secs_f64()))
}

/// Waits for the process. Returns its status, or `None` if it was killed after the timeout.
fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < timeout {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Describes the failure of a process that has written no report.
fn failure(status: Option<ExitStatus>, timeout: Duration, stderr: &str) -> String {
    let Some(status) = status else {
        return format!("the generator took longer than {} s and was stopped", timeout.as_secs());
    };
    let lines: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).take(4).collect();
    format!("the generator ended with {status}: {}", lines.join(" | "))
}

/// Runs the child process.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match generate_in_process(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            note!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn generate_in_process(arguments: &Arguments) -> Result<(), String> {
    let start = Instant::now();
    let (source, config) = input(&arguments.document, &arguments.crate_name, &arguments.reading);
    let generation = clientgen::generate(&source, &config);
    let seconds = start.elapsed().as_secs_f64();
    let report = report(&generation, seconds);
    if let Some(files) = &generation.files {
        write(&arguments.crate_folder, files)
            .map_err(|error| format!("{}: {error}", arguments.crate_folder.display()))?;
    }
    let text = serde_json::to_string(&report).map_err(|error| error.to_string())?;
    crate::atomic::write(&arguments.report, &text)
}

/// Returns the source and the configuration for a document of the corpus.
pub(crate) fn input(
    document: &Path,
    crate_name: &str,
    reading: &Reading,
) -> (LabelledFiles, Config) {
    let mut source = LabelledFiles::new(document, None, reading);
    let config = Config::new(source.add(document, None), crate_name);
    (source, config.with_limits(reading.limits()))
}

fn report(generation: &Generation, seconds: f64) -> Report {
    let reported = |diagnostic: &Diagnostic| ReportedDiagnostic {
        code: diagnostic.code.to_owned(),
        effect: effect_name(diagnostic.effect).to_owned(),
        text: diagnostic.to_string(),
    };
    let errors = generation.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let message = match &generation.files {
        Some(_) => None,
        None => Some(errors.take(3).map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    Report {
        version: generation.openapi.clone(),
        operations: generation.operations_in_document,
        generated: generation.files.as_ref().map(|_| generation.operations),
        components: generation.components.clone(),
        diagnostics: generation.diagnostics.iter().map(reported).collect(),
        seconds,
        peak_mib: peak_mib(),
        lines: generation.files.as_ref().map_or(0, lines_of_code),
        used: generation
            .used
            .entries()
            .into_iter()
            .map(|(name, used)| (name.to_owned(), used))
            .collect(),
        message,
    }
}

/// Returns the peak memory of this process (proc_pid_status(5), `VmHWM`).
fn peak_mib() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}

/// Counts the lines that are neither empty nor comments, without the runtime.
fn lines_of_code(files: &FileTree) -> usize {
    let lines = files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs") && !path.starts_with("src/runtime/"))
        .flat_map(|(_, text)| text.lines());
    lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// Writes a crate, and removes the crate of an earlier run.
fn write(folder: &Path, files: &FileTree) -> std::io::Result<()> {
    if folder.join(clientgen::format::FILE_LIST).exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_the_runtime_are_not_counted() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = FileTree::from([
            file("src/lib.rs", "//! Docs.\n\n// No.\nmod a; // Yes.\n  mod b;\n"),
            file("src/runtime/mod.rs", "mod c;\n"),
            file("README.md", "Text.\n"),
        ]);
        assert_eq!(lines_of_code(&files), 2);
    }

    #[test]
    fn a_process_is_killed_after_the_timeout() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let timeout = Duration::from_millis(50);
        let status = wait(&mut child, timeout).unwrap();
        assert!(failure(status, timeout, "").contains("took longer than"));
    }
}
