//! How fast two substances that meet become more or less.

use serde::{Deserialize, Serialize};

/// A reaction of u and v. Rates are those of unit time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reaction {
    /// u is fed, two v turn a u into a third, and v is removed (Gray and Scott 1984; Pearson 1993):
    /// `-u v^2 + F (1 - u)` and `u v^2 - (F + k) v`.
    GrayScott { feed: f64, kill: f64 },
    /// u makes more of itself out of v (Schnakenberg 1979): `a - u + u^2 v` and `b - u^2 v`.
    Schnakenberg { a: f64, b: f64 },
}

#[inline(always)]
pub(super) fn gray_scott(feed: f64, kill: f64, u: f64, v: f64) -> (f64, f64) {
    let eaten = u * v * v;
    (feed * (1.0 - u) - eaten, eaten - (feed + kill) * v)
}

#[inline(always)]
pub(super) fn schnakenberg(a: f64, b: f64, u: f64, v: f64) -> (f64, f64) {
    let made = u * u * v;
    (a - u + made, b - made)
}

/// How much the rates of u and of v change with u and with v.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian {
    pub(super) u_by_u: f64,
    pub(super) u_by_v: f64,
    pub(super) v_by_u: f64,
    pub(super) v_by_v: f64,
}

impl Reaction {
    #[must_use]
    pub fn rates(self, u: f64, v: f64) -> (f64, f64) {
        match self {
            Reaction::GrayScott { feed, kill } => gray_scott(feed, kill, u, v),
            Reaction::Schnakenberg { a, b } => schnakenberg(a, b, u, v),
        }
    }

    /// Where nothing changes without diffusion. Of the three that Gray and Scott's reaction can
    /// have, it is the one rich in v; if there is just one, u fills all and there is no v.
    #[must_use]
    pub fn uniform_state(self) -> (f64, f64) {
        match self {
            Reaction::GrayScott { feed, kill } => {
                let loss = feed + kill;
                let discriminant = 1.0 - 4.0 * loss * loss / feed;
                // A feed of zero makes it no number, or endless.
                if discriminant >= 0.0 {
                    let root = discriminant.sqrt();
                    ((1.0 - root) / 2.0, feed * (1.0 + root) / (2.0 * loss))
                } else {
                    (1.0, 0.0)
                }
            }
            Reaction::Schnakenberg { a, b } => (a + b, b / ((a + b) * (a + b))),
        }
    }

    pub(super) fn jacobian(self, u: f64, v: f64) -> Jacobian {
        match self {
            Reaction::GrayScott { feed, kill } => Jacobian {
                u_by_u: -v * v - feed,
                u_by_v: -2.0 * u * v,
                v_by_u: v * v,
                v_by_v: 2.0 * u * v - (feed + kill),
            },
            Reaction::Schnakenberg { .. } => Jacobian {
                u_by_u: 2.0 * u * v - 1.0,
                u_by_v: u * u,
                v_by_u: -2.0 * u * v,
                v_by_v: -u * u,
            },
        }
    }
}

impl Jacobian {
    /// No eigenvalue is larger in absolute value: the larger sum of a row.
    pub(super) fn bound(self) -> f64 {
        let u = self.u_by_u.abs() + self.u_by_v.abs();
        let v = self.v_by_u.abs() + self.v_by_v.abs();
        u.max(v)
    }
}
