import { describe, expect, test } from '@jest/globals';
import { ProcessorSlice } from './processor-slice.js';

describe('a slice of processor', () => {
  const machine = () => {
    const state = { clock: 0, used: 0, asked: 0 };
    const slice = new ProcessorSlice({
      sliceMs: 2,
      now: () => state.clock,
      processorMs: () => {
        state.asked += 1;
        return state.used;
      },
    });
    /** Does so many things of 0.5 ms, each of which takes so long by the clock. @returns how many there was time for */
    const turn = (things: number, clockMs = 0.5): number => {
      let done = 0;
      while (done < things && slice.hasTime()) {
        slice.begin();
        state.clock += clockMs;
        state.used += 0.5;
        done += 1;
      }
      slice.end();
      return done;
    };
    return { state, turn };
  };

  test('is as long as the clock says where the machine has time for us', () => {
    expect(machine().turn(100)).toBe(4);
  });

  test('is as long where others have the machine', () => {
    expect(machine().turn(100, 50)).toBe(4);
  });

  test('asks the operating system at both ends of a turn where there is more to do, and never where there is not', () => {
    const { state, turn } = machine();
    turn(100);
    const before = state.asked;
    turn(100);
    expect(state.asked - before).toBe(2);
    turn(1);
    const quiet = state.asked;
    for (let turns = 0; turns < 100; turns += 1) expect(turn(3)).toBe(3);
    expect(state.asked).toBe(quiet);
  });
});
