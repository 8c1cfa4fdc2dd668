// Loaded into each service of the local run: when whoever started it is gone, however that ended, the service goes too,
// and no process is left that holds a port.
import process from 'node:process';

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
