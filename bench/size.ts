/** How many services the two large programs of `make bench-synth` have. */
export const SERVICES = 1000;
