//! A virtual terminal: the screen while the program runs.

use std::io::{Read as _, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::program::Fixture;

const ROWS: u16 = 40;
const COLUMNS: u16 = 100;

/// A terminal that runs a program.
pub(crate) struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    /// Starts a program in the folder of a fixture, with the credentials of its tenant.
    pub(crate) fn start(
        fixture: &Fixture,
        program: &str,
        words: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(words);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in fixture.command().get_envs() {
            command.env(name, value.unwrap());
        }
        env.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(fixture.path("."));
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 0)));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            // Reading ends, on some systems with an error, when the program does.
            let _master = pair.master;
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                seen.lock().unwrap().process(&bytes[..length]);
            }
        });
        Self { screen, keyboard, child }
    }

    /// Returns the text on the screen.
    pub(crate) fn text(&self) -> String {
        let screen = self.screen.lock().unwrap();
        let rows: Vec<String> =
            screen.screen().rows(0, COLUMNS).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Returns the screen with control sequences for colours and styles.
    pub(crate) fn with_colours(&self) -> String {
        let screen = self.screen.lock().unwrap();
        String::from_utf8_lossy(&screen.screen().contents_formatted()).into_owned()
    }

    /// Waits until the screen meets a condition, and returns it.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let since = Instant::now();
        loop {
            let text = self.text();
            if is_there(&text) {
                return text;
            }
            let waited = since.elapsed();
            assert!(waited < Duration::from_secs(30), "there is no {what} on the screen:\n{text}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits for the end of the program. Returns its exit code and the final screen.
    pub(crate) fn end(mut self) -> (u32, String) {
        let code = self.child.wait().unwrap().exit_code();
        // The last output may not have been read yet.
        let mut before = String::new();
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let text = self.text();
            if text == before {
                return (code, text);
            }
            before = text;
        }
    }
}

/// Replaces what differs from run to run: ids, ports, times, and the spinner.
pub(crate) fn normalize(text: &str) -> String {
    let mut normalize = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_alphanumeric() || c == '.' || c == ':' {
            word.push(c);
            continue;
        }
        let is_count = word.parse::<u32>().is_ok() && normalize.ends_with(" after ");
        normalize.push_str(&if is_count { "4".to_owned() } else { steady_word(&word) });
        word.clear();
        let turns = ('\u{2800}'..='\u{28ff}').contains(&c);
        if c != '\0' {
            normalize.push(if turns { '⠋' } else { c });
        }
    }
    normalize
}

fn steady_word(word: &str) -> String {
    let is_id = word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_time = word.strip_suffix('s').is_some_and(|n| n.parse::<u32>().is_ok());
    match word.strip_prefix("127.0.0.1:") {
        Some(_) => "127.0.0.1:8080".to_owned(),
        None if is_id => "3d9a61f0c2874be5a4071e8fb65c2d93".to_owned(),
        None if is_time => "2s".to_owned(),
        None => word.to_owned(),
    }
}
