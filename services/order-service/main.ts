import { runService } from '@cafe-lumiere/runtime';
import { orderService } from './order-service.js';

await runService(orderService);
