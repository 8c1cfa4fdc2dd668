import { TestEnvironment } from 'jest-environment-node';

/**
 * Each test file has its own copy of `process`, whose 'exit' Jest never emits. What a fixture leaves for that moment (a
 * folder to remove, a child to end) is done when the file is through.
 */
export default class ExitingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // The copy brings the listeners of Jest's own process along.
    this.global.process.removeAllListeners('exit');
  }

  async teardown() {
    this.global?.process.emit('exit', 0);
    await super.teardown();
  }
}
