import { runService } from '@cafe-lumiere/runtime';
import { kitchenService } from './kitchen-service.js';

await runService(kitchenService);
