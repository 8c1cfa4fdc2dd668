import { runService } from '../runtime/service.js';
import { frontend } from './frontend.js';

await runService(frontend);
