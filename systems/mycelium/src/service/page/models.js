// What can be chosen, and what there is to know about it.

export const MODELS = {
  spots: {
    params: { model: "gray-scott", preset: "spots", steps: 30000 },
    pace: 1000,
    about: "Two substances react and diffuse: one is fed, the other eats it. Spots spread from a "
      + "few seeds and fill the square.",
  },
  stripes: {
    params: { model: "gray-scott", preset: "stripes", steps: 30000 },
    pace: 1000,
    about: "The same two substances, fed more: out of a little noise grow stripes, which then "
      + "join and straighten for a long time.",
  },
  schnakenberg: {
    params: { model: "schnakenberg", steps: 30000 },
    pace: 1000,
    about: "Close to where an even mixture becomes unstable. Linear theory tells how far apart "
      + "its spots will be.",
  },
  membrane: {
    params: { model: "membrane", steps: 10000 },
    pace: 20,
    about: "Potentials around -70 mV. A spike now and then stands out and diffuses away: this "
      + "model relaxes, and its activator forms no pattern. The other models do.",
  },
};

const SLOWEST = 2;
const FASTEST = 5000;
// Pictures a second, no more of which anybody sees.
const PICTURES = 30;

// The slider is logarithmic: from 2 steps a second to 5000.
export function paceOf(slider) {
  const pace = SLOWEST * (FASTEST / SLOWEST) ** (slider / 100);
  return Number(pace.toPrecision(2));
}

export function sliderOf(pace) {
  return Math.round((100 * Math.log(pace / SLOWEST)) / Math.log(FASTEST / SLOWEST));
}

export function intervalOf(pace) {
  return Math.max(1, Math.min(100, Math.round(pace / PICTURES)));
}

// A number as one reads it.
export function told(value, unit) {
  if (value === null || value === undefined) return "none";
  const digits = Math.abs(value) >= 100 ? 1 : 3;
  const text = Number.isInteger(value) ? String(value) : value.toFixed(digits);
  return (unit ? `${text} ${unit}` : text).replace(/^-/, "\u2212");
}
