import { runService } from '../runtime/service.js';
import { kitchenService } from './kitchen-service.js';

await runService(kitchenService);
