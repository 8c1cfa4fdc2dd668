/** A version of each service that does not come up, each for another reason: what its container has in place of its own. */
export const BROKEN_VERSIONS: Readonly<Record<string, object>> = {
  // There is no such image.
  'order-service': { image: 'cafe.invalid/order-service:none' },
  // It crashes.
  'kitchen-service': { command: ['node', '-e', 'process.exit(1)'] },
  // It never answers.
  frontend: { command: ['node', '-e', 'setInterval(() => 0, 1000)'] },
};
