import { runService } from '@cafe-lumiere/runtime';
import { frontend } from './frontend.js';

await runService(frontend);
