import type { Client } from '@temporalio/client';

import { createLeaseActivities } from '../activities/lease.js';
import { createRecordActivities } from '../activities/records.js';
import { createTermsActivities } from '../activities/terms.js';
import type { Workbench } from '../activities/support/workbench.js';
import type { BuildActivities, PublishActivities, UrgentActivities, Zone } from '../contract/activities.js';
