import { createServer } from 'node:http';
import process from 'node:process';
import pg from 'pg';

// Counts its visitors in its own database, and asks the other service something.
const database = new pg.Pool({ connectionTimeoutMillis: 2000 });

const server = createServer(async (request, response) => {
  try {
    if (request.url === '/up') return response.end(String((await database.query('SELECT')).rowCount));
    await database.query('CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())');
    await database.query('INSERT INTO visits DEFAULT VALUES');
    const { rows } = await database.query('SELECT count(*)::int AS visits FROM visits');
    const answer = await fetch(`${process.env.GRAPHQL_URL}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    response.end(JSON.stringify({ ...rows[0], graphql: await answer.json() }));
  } catch (error) {
    response.writeHead(503).end(String(error));
  }
});

server.listen(8080);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
