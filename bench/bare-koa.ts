import Router from '@koa/router';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import postgres from 'postgres';

// What order-service is compared with: the least that stores something. One route, one insert, no check of anything, no
// key, no event, no log, no metric.

const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD } = process.env;
const sql = postgres({
  host: DB_HOST ?? '',
  port: Number(DB_PORT),
  database: DB_NAME ?? '',
  user: DB_USER ?? '',
  pass: DB_PASSWORD ?? '',
  // As order-service.
  max: 8,
});
let turn = 0;
const router = new Router();
router.post('/orders', async (context) => {
  turn += 1;
  const rows = await sql`
    insert into orders (order_number, customer_name, items, total_cents)
    values (${`bare-${turn}`}, 'Ada', ${sql.json({ body: context.request.rawBody })}, 700)
    returning *`;
  context.status = 201;
  context.body = rows[0];
});
const application = new Koa();
application.use(bodyParser()).use(router.routes());
const server = application.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(
    `"listening on 127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}"`,
  );
});
