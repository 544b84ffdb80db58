//! Topics that are explained in one piece.

pub(super) const STATISTICS: &str = "\
- `min`, `max`: the number itself.
- `mean`: interval by Student's t on means of batches.
- `median`, `p90`, `p99.9` and any other percentile up to four decimals: interval by order statistics.
- `stddev`: interval by bootstrap.
- `total`: the sum over a trial. `rate`: the sum over a trial by its length.
- `growth`: the slope over time after the warm-up, of a sawtooth at its floor; its limit is per time, such as `50MB/h`. Of `latency` it is the drift of the windows' medians.

[How each is computed and checked](statistics.md).
";

pub(super) const LIMITS: &str = "\
A limit is a string: an operator (`<`, `<=`, `>`, `>=`) and a bound.

- `<= 150ms`: a quantity.
- `<= baseline + 5%`, `>= baseline - 10%`, `<= 1.5x baseline`: relative to earlier runs.
- `<= case NAME + 5%`, `<= 2x case NAME`: relative to the same metric of another case of the same run, compared trial by trial.

A list of limits makes one budget each. A table `{ hard = …, soft = … }` gives a limit that fails the build and one that warns. A budget on a case that measures only operations holds for each of them.
";

pub(super) const UNITS: &str = "\
- time: `ns`, `us`, `ms`, `s`, `m` (minutes), `h`, `d`
- bytes: `B`, `kB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024)
- share: `%`
- count: a plain number; underscores may group digits, and commas by thousands
- per time: `/s`, `/min`, `/h`, `/d` behind any of them, such as `100/s` or `50MB/h`

Zero needs no unit.
";

pub(super) const VERDICTS: &str = "\
- `within`: the whole interval keeps the limit.
- `warned`: the hard limit is kept, the soft one is not; or an accepted breach.
- `exceeded`: the whole interval breaks the limit.
- `cannot tell`: the limit lies inside the interval. It fails the build when the estimate itself breaks the limit, or with `--strict`, or when `on-cannot-tell` says so.
- `not measured`: there is nothing to judge: the metric is missing, a trial failed, the run did not end, or there are too few observations.
";

pub(super) const EXIT_CODES: &str = "\
- 0: every budget is within (warnings allowed)
- 1: a budget is exceeded
- 2: bad input or usage; nothing was judged
- 3: a verdict that counts cannot be told
- 4: something was not measured

When outcomes mix, exceeded wins, then not measured, then cannot tell.
";

pub(super) const SLOTS: &str = "\
Paths, headers, bodies and expectations of requests may have slots, which are filled for each request:

- `{{feed}}`: the row of the task's feed. `{{feed.FIELD}}`: a column of a table or a member of a JSON row, with points for members of members.
- `{{NAME}}`: what an earlier answer of the same task, or of the user's `start`, gave to `capture`.
- `{{uuid}}`: a random UUID. `{{uuid 7}}`: one of version 7, which begins with the time. `{{int LOW HIGH}}`: a whole number, both ends included. `{{letters N}}`: N letters, for payloads of a size.
- `{{now}}`: the time as RFC 3339. `{{now ms}}`: the same in milliseconds since 1970.
- `{{user}}`: the number of the user, from 1.
- `{{env NAME}}`: an environment variable, kept secret: unlike `${NAME}`, it is in no report and no message.

`{{{{` stands for two opening braces. Within JSON, a slot stands inside a string.
";
