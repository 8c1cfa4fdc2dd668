import type { CriticalityOf } from '@cafe-lumiere/runtime/http';

/** What the staff does, by its door's own paths: whether it is the staff, its routes find out. */
const OF_STAFF = /^\/(?:api\/)?(?:kitchen|staff)(?:[/?]|$)/;
/** The page that a guest begins with. */
const FIRST_PAGE = /^\/(?:\?|$)/;

/**
 * Who has begun is served to the end, and who comes newly is asked to wait: half of an order helps nobody. What the staff does goes
 * before both, because a café full of finished orders is one that stands still.
 */
export const criticalityOf: CriticalityOf = ({ method, url = '' }) => {
  if (OF_STAFF.test(url)) return 'critical';
  return method === 'GET' && FIRST_PAGE.test(url) ? 'sheddable' : 'usual';
};
