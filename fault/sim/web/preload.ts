// For a thread that does nothing but simulate: imported first, so that classes which extend a TransformStream as they are
// loaded (the SDK's parser of event streams is one) extend the plain one.
import { installPlainMessages } from './install.ts'

installPlainMessages()
