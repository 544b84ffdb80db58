//! The potential of a membrane in time, by Euler's method and by Runge and Kutta's.
