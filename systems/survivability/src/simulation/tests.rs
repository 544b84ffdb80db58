mod build;
mod hits;
mod schedule;
