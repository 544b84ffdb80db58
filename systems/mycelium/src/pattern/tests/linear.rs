//! Growth against values worked out by hand and against the rates themselves.

use super::*;

fn close(found: f64, expected: f64, places: f64) {
    assert!((found - expected).abs() <= 0.51 * places, "{found} against {expected}");
}

#[test]
fn schnakenbergs_fastest_growth_is_where_the_textbook_has_it() {
    let cases = [
        (8.0, -0.027067, 0.3527),
        (10.0, 0.057191, 0.3185),
        (20.0, 0.263158, 0.2368),
        (40.0, 0.411011, 0.1769),
    ];
    for (diffusion, rate, mu) in cases {
        let (found_mu, found) = fastest_growth(SCHNAKENBERG, (1.0, diffusion)).unwrap();
        close(found, rate, 1e-6);
        close(found_mu, mu, 1e-4);
    }
}

#[test]
fn patterns_set_in_at_the_critical_diffusion() {
    let critical = 8.567_627_46;
    let (mu, rate) = fastest_growth(SCHNAKENBERG, (1.0, critical)).unwrap();
    close(rate, 0.0, 1e-8);
    close(mu, 0.341_640_79, 1e-7);
    assert!(fastest_growth(SCHNAKENBERG, (1.0, critical - 1e-3)).unwrap().1 < 0.0);
    assert!(fastest_growth(SCHNAKENBERG, (1.0, critical + 1e-3)).unwrap().1 > 0.0);
}

#[test]
fn no_mode_grows_faster_than_the_fastest() {
    let cases = [
        (SCHNAKENBERG, (1.0, 20.0)),
        (Reaction::Schnakenberg { a: 0.05, b: 1.2 }, (0.5, 15.0)),
        (Reaction::GrayScott { feed: 0.06, kill: 0.0624 }, (0.16, 0.08)),
    ];
    for (reaction, diffusion) in cases {
        let (mu, rate) = fastest_growth(reaction, diffusion).unwrap();
        for step in 1..8000 {
            let other = f64::from(step) / 1000.0;
            assert!(growth_rate(reaction, diffusion, other) <= rate + 1e-15, "{other} or {mu}");
        }
    }
}

#[test]
fn equal_diffusion_makes_no_mode_grow_faster_than_the_uniform_one() {
    assert_eq!(fastest_growth(SCHNAKENBERG, (1.0, 1.0)), None);
    let uniform = growth_rate(SCHNAKENBERG, (1.0, 1.0), 0.0);
    close(uniform, -0.1, 1e-12);
    close(growth_rate(SCHNAKENBERG, (1.0, 1.0), 0.5), uniform - 0.5, 1e-12);
}

#[test]
fn uniform_states_are_at_rest() {
    let (u, v) = SCHNAKENBERG.uniform_state();
    close(u, 1.0, 1e-15);
    close(v, 0.9, 1e-15);
    let gray_scott = Reaction::GrayScott { feed: 0.03, kill: 0.055 };
    let (u, v) = gray_scott.uniform_state();
    close(u, 0.404257, 1e-6);
    close(v, 0.210262, 1e-6);
    let poor = Reaction::GrayScott { feed: 0.037, kill: 0.06 };
    assert_eq!(poor.uniform_state(), (1.0, 0.0));
    let other = Reaction::Schnakenberg { a: 0.3, b: 1.7 };
    for reaction in [SCHNAKENBERG, gray_scott, poor, other] {
        let (u, v) = reaction.uniform_state();
        let (du, dv) = reaction.rates(u, v);
        assert!(du.abs() < 1e-15 && dv.abs() < 1e-15, "{reaction:?}: {du} {dv}");
    }
}

#[test]
fn u_without_v_is_stable_at_every_wavelength() {
    let (feed, kill, diffusion) = (0.037, 0.06, (0.16, 0.08));
    for mu in [0.0, 0.1, 1.0, 8.0] {
        let rate = growth_rate(Reaction::GrayScott { feed, kill }, diffusion, mu);
        let (u, v) = (-feed - diffusion.0 * mu, -(feed + kill) - diffusion.1 * mu);
        close(rate, u.max(v), 1e-15);
    }
    assert_eq!(predicted_wavelength(&preset("spots")), None);
}

#[test]
fn jacobians_are_the_slopes_of_the_rates() {
    let (u, v, step) = (0.7, 0.4, 1e-6);
    for reaction in [SCHNAKENBERG, Reaction::GrayScott { feed: 0.05, kill: 0.06 }] {
        let jacobian = reaction.jacobian(u, v);
        let slope = |du: f64, dv: f64| {
            let (up, down) = (reaction.rates(u + du, v + dv), reaction.rates(u - du, v - dv));
            ((up.0 - down.0) / (2.0 * step), (up.1 - down.1) / (2.0 * step))
        };
        let (by_u, by_v) = (slope(step, 0.0), slope(0.0, step));
        close(by_u.0, jacobian.u_by_u, 1e-8);
        close(by_u.1, jacobian.v_by_u, 1e-8);
        close(by_v.0, jacobian.u_by_v, 1e-8);
        close(by_v.1, jacobian.v_by_v, 1e-8);
    }
}

#[test]
fn the_predicted_wavelength_is_that_of_a_mode_of_the_grid_close_to_the_fastest() {
    for diffusion in [10.0, 20.0, 40.0] {
        let settings =
            PatternSettings { diffusion: (1.0, diffusion), grid_size: 256, ..preset("stripes") };
        let settings = PatternSettings { reaction: SCHNAKENBERG, time_step: 0.005, ..settings };
        let predicted = predicted_wavelength(&settings).unwrap();
        let (mu, _) = fastest_growth(SCHNAKENBERG, (1.0, diffusion)).unwrap();
        // Of a wave along an axis; cells shorten it a little compared to a continuous medium.
        let along_an_axis = std::f64::consts::PI / (mu.sqrt() / 2.0).asin();
        assert!((predicted / along_an_axis - 1.0).abs() < 0.03, "{predicted} {along_an_axis}");
        let squares = 256.0 * 256.0 / (predicted * predicted);
        assert!((squares - squares.round()).abs() < 1e-6, "{squares} is p^2 + q^2");
        let mirrors = PatternSettings { boundary: Boundary::Neumann, ..settings };
        let mirrored = predicted_wavelength(&mirrors).unwrap();
        assert!((mirrored / predicted - 1.0).abs() < 0.03, "{mirrored}");
    }
}

#[test]
fn there_is_no_prediction_where_nothing_is_uniform_or_all_of_it_swings() {
    let zeros = PatternSettings { boundary: Boundary::Dirichlet, ..preset("schnakenberg") };
    assert_eq!(predicted_wavelength(&zeros), None);
    let calm = PatternSettings { diffusion: (1.0, 8.0), ..preset("schnakenberg") };
    assert_eq!(predicted_wavelength(&calm), None);
    let swinging = Reaction::GrayScott { feed: 0.03, kill: 0.055 };
    assert!(growth_rate(swinging, (0.16, 0.08), 0.0) > 0.0);
    let swinging = PatternSettings { reaction: swinging, ..preset("stripes") };
    assert_eq!(predicted_wavelength(&swinging), None);
}
