mod build;
mod hits;
mod observing;
mod schedule;
