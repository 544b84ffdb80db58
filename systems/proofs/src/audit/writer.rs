//! The one thread that writes: it takes all that has queued up, commits it in one transaction,
//! and answers only then.
//!
//! While one commit runs the next group gathers, so that groups grow with the load by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::chain::{Head, Row, signed};
use super::checkpoint::Checkpointer;
use super::entry::{Entry, Event};
use super::store::Store;
use super::{AuditError, Durability, KEPT_AFTER_EXPIRY_MS};
use crate::refusal::Revoked;

/// Entries that belong to one request.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) entries: Vec<Entry>,
    pub(super) answer: oneshot::Sender<Result<Receipt, AuditError>>,
}

/// What was committed, in the order of the entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub rows: Vec<Written>,
}

/// The row of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Row(u64),
    /// The proof had been accepted before, so that nothing was written.
    AlreadyAccepted,
}

/// Submissions in one transaction at most.
const GROUP: usize = 1024;

/// How often expired proofs are deleted: little at a time, so that no commit is long.
const PRUNE_EVERY_MS: u64 = 1000;

pub(super) struct Writer {
    /// The first to be dropped: its last checkpoint then has all there is, and the lock is held.
    pub(super) _checkpointer: Option<Checkpointer>,
    pub(super) store: Store,
    pub(super) durability: Durability,
    pub(super) is_healthy: Arc<AtomicBool>,
    /// When expired proofs were deleted, by the time of the entries.
    pub(super) pruned_ms: u64,
}

impl Writer {
    /// Returns once every sender is gone and everything sent is committed.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Submission>) {
        let mut group = Vec::with_capacity(GROUP);
        while queue.blocking_recv_many(&mut group, GROUP) > 0 {
            let committed = self.commit(&group);
            self.is_healthy.store(committed.is_ok(), Ordering::Relaxed);
            if let Err(error) = &committed {
                tracing::error!(%error, entries = group.len(), "failed to commit");
            }
            answer(&mut group, committed);
        }
        self.is_healthy.store(false, Ordering::Relaxed);
    }

    fn commit(&mut self, group: &[Submission]) -> rusqlite::Result<Vec<Receipt>> {
        let entries = || group.iter().flat_map(|submission| &submission.entries);
        let is_lasting = entries().any(|entry| entry.event.is_lasting());
        let raised = is_lasting && self.durability == Durability::Process;
        let db = &mut self.store.db;
        if raised {
            Durability::Disk.ask(db)?;
        }
        let committed = write(db, group, &mut self.pruned_ms);
        if raised {
            self.durability.ask(db)?;
        }
        committed
    }
}

fn answer(group: &mut Vec<Submission>, committed: rusqlite::Result<Vec<Receipt>>) {
    match committed {
        Ok(receipts) => {
            for (submission, receipt) in group.drain(..).zip(receipts) {
                // Who asked may have gone away; what is written stays written.
                let _ = submission.answer.send(Ok(receipt));
            }
        }
        Err(error) => {
            for submission in group.drain(..) {
                let reason = error.to_string();
                let _ = submission.answer.send(Err(AuditError::Commit { reason }));
            }
        }
    }
}

fn write(
    db: &mut Connection,
    group: &[Submission],
    pruned_ms: &mut u64,
) -> rusqlite::Result<Vec<Receipt>> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut head = Head::read(&transaction)?;
    let mut receipts = Vec::with_capacity(group.len());
    let mut latest_ms = 0;
    for submission in group {
        let mut rows = Vec::with_capacity(submission.entries.len());
        for entry in &submission.entries {
            latest_ms = latest_ms.max(entry.at_ms);
            rows.push(match apply(&transaction, entry)? {
                true => {
                    head = append(&transaction, head, entry)?;
                    Written::Row(head.sequence)
                }
                false => Written::AlreadyAccepted,
            });
        }
        receipts.push(Receipt { rows });
    }
    // Written even for an empty group, so that one tells whether writing works again.
    head.write(&transaction)?;
    let prunes = latest_ms >= pruned_ms.saturating_add(PRUNE_EVERY_MS);
    if prunes {
        prune(&transaction, latest_ms)?;
    }
    transaction.commit()?;
    if prunes {
        *pruned_ms = latest_ms;
    }
    Ok(receipts)
}

/// Brings the table up to date that an entry changes, unless it repeats a proof.
fn apply(db: &Connection, entry: &Entry) -> rusqlite::Result<bool> {
    match &entry.event {
        Event::Accepted { proof, expires_ms, .. } => remember(db, proof, *expires_ms),
        Event::Approved { credential, counter, .. } => {
            // Two approvals may come here in another order than they were counted in.
            let sql = "UPDATE credential SET counter = max(counter, ?) WHERE credential = ?";
            db.prepare_cached(sql)?.execute(params![counter, credential])?;
            Ok(true)
        }
        Event::Revoked { what, target, .. } => {
            let sql = "INSERT OR IGNORE INTO revocation (is_key, target) VALUES (?, ?)";
            db.prepare_cached(sql)?.execute(params![*what == Revoked::Key, target])?;
            Ok(true)
        }
        Event::Registered { credential, key } => {
            let sql = "INSERT INTO credential (credential, key, counter) VALUES (?, ?, 0)";
            db.prepare_cached(sql)?.execute(params![credential, key])?;
            Ok(true)
        }
    }
}

fn remember(db: &Connection, proof: &[u8], expires_ms: u64) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO replay (expires_ms, proof) VALUES (?, ?)";
    Ok(db.prepare_cached(sql)?.execute(params![signed(expires_ms), proof])? == 1)
}

fn append(db: &Connection, head: Head, entry: &Entry) -> rusqlite::Result<Head> {
    let detail = entry.event.detail();
    let row = Row {
        sequence: head.sequence + 1,
        at_ms: entry.at_ms,
        client: &entry.client,
        event: entry.event.name(),
        subject: entry.event.subject(),
        detail: &detail,
    };
    let head = head.then(&row);
    let sql = "INSERT INTO audit (sequence, at_ms, client, event, subject, detail, hash)
               VALUES (?, ?, ?, ?, ?, ?, ?)";
    db.prepare_cached(sql)?.execute(params![
        signed(row.sequence),
        signed(row.at_ms),
        row.client,
        row.event,
        row.subject,
        row.detail,
        head.hash,
    ])?;
    Ok(head)
}

fn prune(db: &Connection, now_ms: u64) -> rusqlite::Result<()> {
    let before = now_ms.saturating_sub(KEPT_AFTER_EXPIRY_MS);
    db.prepare_cached("DELETE FROM replay WHERE expires_ms < ?")?.execute([signed(before)])?;
    Ok(())
}
