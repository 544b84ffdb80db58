mod build;
mod cases;
mod hits;
mod observing;
mod schedule;
mod shadow;
