"""How likely each part of a lattice is, over all of its readings: exact dynamic programming, in lock step.

A *state* is an arc together with the word before it where the arc has only one (a trigram model looks two words back),
so a state is all that the future of a reading depends on. A *step* joins a state to an arc that begins where it ends.
The language model is asked once, for all steps of the batch; then every stretch advances one level at a time, together.
Nothing is pruned: the odds are sums over all readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from unspin.arrays import Float64, Int64, spread, sums
from unspin.language import Language
from unspin.lattice import KEEP, Lattice


def _by(groups: Int64, many: int) -> tuple[Int64, Int64, Int64]:
    """Members of each group: (order, first, count)."""
    order = np.argsort(groups, kind="stable")
    count = np.bincount(groups, minlength=many)
    return order, np.cumsum(count) - count, count


@dataclass(frozen=True, slots=True)
class Groups:
    """A sorted column of group numbers: where each group begins, and the rank of each member's group (int64)."""

    begin: Int64
    rank: Int64

    @classmethod
    def of(cls, group: Int64) -> Groups:
        """The groups of ``group``."""
        new = np.ones(len(group), dtype=bool)
        np.not_equal(group[1:], group[:-1], out=new[1:])
        return cls(np.flatnonzero(new), np.cumsum(new) - 1)

    def log_sum(self, values: Float64) -> Float64:
        """The log of the sum of the exponentials of each group of ``values``."""
        if len(self.begin) == len(values):
            return values
        top = np.maximum.reduceat(values, self.begin)
        return top + np.log(np.add.reduceat(np.exp(values - top[self.rank]), self.begin))


@dataclass(frozen=True, slots=True)
class Trellis:
    """The states and steps of a lattice, and the order in which they are visited.

    By state: ``arc`` and ``stretch`` (int64). By step: ``origin`` and ``target`` (int64, states) and ``language``
    (float64, log p of the arc's words). ``ahead`` has, for each level, the slice of its steps, the slice of its states,
    and the ``Groups`` of the steps by state; ``back`` the same by origin, with numbers in place of slices. ``final``
    are the last states of all stretches, grouped ``by_stretch``; ``initial`` is the first state of each. ``kept``
    (float64) is the log p of each stretch as it stands.
    """

    arc: Int64
    origin: Int64
    target: Int64
    language: Float64
    ahead: list[tuple[slice, slice, Groups]]
    back: list[tuple[Int64, Int64, Groups]]
    initial: Int64
    final: Int64
    by_stretch: Groups
    stretch: Int64
    kept: Float64


def unroll(lattice: Lattice, model: Language) -> Trellis:
    """Build the states and steps of ``lattice`` and score the steps."""
    arcs, nodes, starts = len(lattice), len(lattice.level), len(lattice.start)
    # an artificial arc before each stretch carries its left context
    head = np.concatenate([lattice.head, lattice.start])
    level = lattice.level
    end_order, end_first, end_count = _by(head, nodes)

    # states: one for an artificial or a longer arc, else one for each arc that ends where it begins
    single = np.concatenate([lattice.size == 1, np.zeros(starts, dtype=bool)])
    tail = np.concatenate([lattice.tail, lattice.start])
    many = np.where(single, end_count[tail], 1)
    owner, member = spread(np.where(single, end_first[tail], 0), many)
    previous = np.where(single[owner], end_order[np.where(single[owner], member, 0)], -1)
    state_level = level[head[owner]]
    order = np.argsort(state_level, kind="stable")
    owner, previous, state_level = owner[order], previous[order], state_level[order]
    # number of the state of (arc, rank of the previous arc among those that end there)
    slot_of_state = np.empty(len(order), dtype=np.int64)
    slot_of_state[order] = np.arange(len(order))
    slot = np.cumsum(many) - many
    rank = np.empty(len(head), dtype=np.int64)
    rank[end_order] = np.arange(len(head)) - end_first[head[end_order]]

    final_word, earlier_word = _ends(lattice)
    state_last = final_word[owner]
    state_before = np.where(previous >= 0, final_word[previous], earlier_word[owner])

    # steps: each arc with each state that ends where the arc begins
    node_of_state = head[owner]
    by_node, node_first, node_count = _by(node_of_state, nodes)
    arc, member = spread(node_first[lattice.tail], node_count[lattice.tail])
    origin = by_node[member]
    target = slot_of_state[slot[arc] + np.where(single[arc], rank[owner[origin]], 0)]

    order = np.argsort(target, kind="stable")
    arc, origin, target = arc[order], origin[order], target[order]
    language = _score(lattice, model, arc, state_before[origin], state_last[origin])

    stretch_of_node = lattice.stretch
    keeps = np.concatenate([lattice.row == KEEP, np.ones(starts, dtype=bool)])
    plain = keeps[owner] & keeps[previous]
    as_is = plain[origin] & keeps[arc]
    kept = sums(stretch_of_node[lattice.tail[arc[as_is]]], language[as_is], starts)

    ahead, back = _schedule(origin, target, state_level, starts)
    is_final = np.zeros(nodes, dtype=bool)
    is_final[lattice.final] = True
    final = np.flatnonzero(is_final[node_of_state])
    final = final[np.argsort(stretch_of_node[node_of_state[final]], kind="stable")]
    return Trellis(
        arc=owner,
        origin=origin,
        target=target,
        language=language,
        ahead=ahead,
        back=back,
        initial=slot_of_state[slot[arcs:]],
        final=final,
        stretch=stretch_of_node[node_of_state],
        by_stretch=Groups.of(stretch_of_node[node_of_state[final]]),
        kept=kept,
    )


def _schedule(
    origin: Int64, target: Int64, state_level: Int64, starts: int
) -> tuple[list[tuple[slice, slice, Groups]], list[tuple[Int64, Int64, Groups]]]:
    """The steps of each level, forwards by target and backwards by origin; the first ``starts`` states are initial."""
    depth = int(state_level.max(initial=0)) + 1
    state_cut = np.searchsorted(state_level, np.arange(depth + 1)).tolist()
    # every state but the initial ones has steps that lead to it
    step_of_state = np.append(Groups.of(target).begin, len(target))
    ahead = []
    for low, high in pairwise(state_cut[1:]):
        begin, stop = step_of_state[[low - starts, high - starts]].tolist()
        ahead.append((slice(begin, stop), slice(low, high), Groups.of(target[begin:stop])))
    by_origin = np.argsort(origin, kind="stable")
    step_cut = np.searchsorted(state_level[origin[by_origin]], np.arange(depth + 1)).tolist()
    back = []
    for begin, stop in pairwise(step_cut):
        steps = by_origin[begin:stop]
        grouped = Groups.of(origin[steps])
        back.append((steps, origin[steps[grouped.begin]], grouped))
    return ahead, back[::-1]


def _ends(lattice: Lattice) -> tuple[Int64, Int64]:
    """The last word of each arc and the one before it (only meant where there are two), then those of the contexts."""
    stop = lattice.begin + lattice.size - 1
    last = np.concatenate([lattice.word[stop], lattice.before[:, 1]])
    return last, np.concatenate([lattice.word[np.maximum(stop - 1, 0)], lattice.before[:, 0]])


def _score(lattice: Lattice, model: Language, arc: Int64, before: Int64, last: Int64) -> Float64:
    begin, size = lattice.begin[arc], lattice.size[arc]
    score = model.score(before, last, lattice.word[begin]).astype(np.float64)
    two = np.flatnonzero(size > 1)
    score[two] += model.score(last[two], lattice.word[begin[two]], lattice.word[begin[two] + 1])
    # words from the third on see only words of their own arc: once an arc is enough
    inner_arc, place = spread(lattice.begin + 2, np.maximum(lattice.size - 2, 0))
    inner = model.score(lattice.word[place - 2], lattice.word[place - 1], lattice.word[place])
    score += sums(inner_arc, inner.astype(np.float64), len(lattice))[arc]
    return score


def forward(trellis: Trellis, weight: Float64) -> tuple[Float64, Float64]:
    """Log of the summed likelihood of all readings up to each state, and of each whole stretch."""
    total = np.zeros(len(trellis.arc))
    for steps, states, groups in trellis.ahead:
        total[states] = groups.log_sum(total[trellis.origin[steps]] + weight[steps])
    return total, trellis.by_stretch.log_sum(total[trellis.final])


def backward(trellis: Trellis, weight: Float64) -> Float64:
    """Log of the summed likelihood of all readings from each state on."""
    total = np.zeros(len(trellis.arc))
    for steps, states, groups in trellis.back:
        total[states] = groups.log_sum(total[trellis.target[steps]] + weight[steps])
    return total


def posterior(trellis: Trellis, weight: Float64, arcs: int) -> tuple[Float64, Float64]:
    """Probability of each arc, and the log likelihood of each stretch."""
    ahead, likelihood = forward(trellis, weight)
    behind = backward(trellis, weight)
    mass = np.exp(ahead + behind - likelihood[trellis.stretch])
    return sums(trellis.arc, mass, arcs + len(trellis.initial))[:arcs], likelihood
